import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
} from '@duckdb/node-api'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'

/** Accepted rows in columns: [count] each. */
export interface RowBlock {
  count: number
  user: Int32Array
  /** Milliseconds since 1970 UTC. */
  instant: Float64Array
  behaviour: Int32Array
  location: Int32Array
  /** Minutes east of UTC. */
  offset: Int32Array
}

/** DuckDB's vectors hold this many rows. */
const vectorRows = 2048

/** Rows of one sort: DuckDB needs memory for each, and 100 million at once are more than it is given. */
const rowsOfSort = 20_000_000

const types = [INTEGER, DOUBLE, DOUBLE, INTEGER, INTEGER, INTEGER]

/**
 * Sorts accepted rows by user, time and order of arrival, on the disk when they do not fit in memory, and by one range of users after the other when they are too many for
 * one sort. Times and row numbers are doubles, exact below 2^53, because 64-bit integers would cost an object each.
 */
export class Staging {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #appender: DuckDBAppender
  readonly #block: RowBlock = {
    count: 0,
    user: new Int32Array(vectorRows),
    instant: new Float64Array(vectorRows),
    behaviour: new Int32Array(vectorRows),
    location: new Int32Array(vectorRows),
    offset: new Int32Array(vectorRows),
  }
  readonly #row = new Float64Array(vectorRows)
  readonly #chunk = DuckDBDataChunk.create(types, vectorRows)
  readonly #rowsOfSort: number
  #rows = 0

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    appender: DuckDBAppender,
    options: { rowsOfSort: number },
  ) {
    this.#instance = instance
    this.#connection = connection
    this.#appender = appender
    this.#rowsOfSort = options.rowsOfSort
  }

  /**
   * @param directory where it puts what does not fit in memory; the caller removes it after `close`.
   * @param options `rowsOfSort`: a sort takes so many rows at most, or all of one user.
   */
  static async open(directory: string, options = { rowsOfSort }): Promise<Staging> {
    return mapFailures(async () => {
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: '384MB',
        threads: '2',
        temp_directory: directory,
        preserve_insertion_order: 'false',
      })
      const connection = await instance.connect()
      await connection.run(
        'CREATE TABLE accepted (user_id INTEGER, instant DOUBLE, position DOUBLE, behaviour INTEGER, location INTEGER, utc_offset INTEGER)',
      )
      return new Staging(instance, connection, await connection.createAppender('accepted'), options)
    })
  }

  /** Rows added so far. */
  get rows(): number {
    return this.#rows
  }

  add(user: number, instant: number, behaviour: number, location: number, offset: number): void {
    const block = this.#block
    const index = block.count++
    block.user[index] = user
    block.instant[index] = instant
    block.behaviour[index] = behaviour
    block.location[index] = location
    block.offset[index] = offset
    this.#row[index] = this.#rows++
    if (block.count === vectorRows) this.#flush()
  }

  #flush(): void {
    const { count, user, instant, behaviour, location, offset } = this.#block
    if (count === 0) return
    this.#chunk.reset()
    this.#chunk.rowCount = count
    const columns = [user, instant, this.#row, behaviour, location, offset]
    for (let column = 0; column < columns.length; column++) {
      const vector = this.#chunk.getColumnVector(column)
      const values = columns[column]
      for (let index = 0; index < count; index++) vector.setItem(index, values[index])
      vector.flush()
    }
    this.#appender.appendDataChunk(this.#chunk)
    this.#block.count = 0
  }

  /** All rows in order, block by block; a block is overwritten by the next. Nothing can be added any more. The sort is interrupted when the signal is aborted. */
  async *sorted(signal: AbortSignal): AsyncGenerator<RowBlock> {
    throwIfCancelled(signal)
    const interrupt = () => this.#connection.interrupt()
    signal.addEventListener('abort', interrupt)
    try {
      this.#flush()
      await mapFailures(async () => this.#appender.closeSync(), signal)
      for (const users of await this.#userRanges(signal)) {
        const chunks = this.#query(
          `SELECT user_id, instant, behaviour, location, utc_offset FROM accepted ${users} ORDER BY user_id, instant, position`,
          signal,
        )
        for await (const chunk of chunks) yield this.#copy(chunk)
      }
    } finally {
      signal.removeEventListener('abort', interrupt)
    }
  }

  /** Conditions that part the rows into ranges of users, ascending, each with no more rows than one sort takes; of one user there may be more. */
  async #userRanges(signal: AbortSignal): Promise<string[]> {
    if (this.#rows <= this.#rowsOfSort) return ['']
    /** The first user of each range but the first. */
    const starts: number[] = []
    let rows = 0
    const counts = 'SELECT user_id, count(*)::DOUBLE FROM accepted GROUP BY user_id ORDER BY user_id'
    for await (const chunk of this.#query(counts, signal)) {
      const [users, ofUser] = [chunk.getColumnVector(0), chunk.getColumnVector(1)]
      for (let index = 0; index < chunk.rowCount; index++) {
        const more = ofUser.getItem(index) as number
        if (rows > 0 && rows + more > this.#rowsOfSort) {
          starts.push(users.getItem(index) as number)
          rows = 0
        }
        rows += more
      }
    }
    return [0, ...starts].map((from, range) => {
      const upTo = range < starts.length ? ` AND user_id < ${starts[range]}` : ''
      return `WHERE user_id >= ${from}${upTo}`
    })
  }

  async *#query(sql: string, signal: AbortSignal): AsyncGenerator<DuckDBDataChunk> {
    const result = await mapFailures(() => this.#connection.stream(sql), signal)
    for (;;) {
      throwIfCancelled(signal)
      const chunk = await mapFailures(() => result.fetchChunk(), signal)
      if (chunk === null || chunk.rowCount === 0) return
      yield chunk
    }
  }

  /** Into the block, which is free once nothing is added any more. */
  #copy(chunk: DuckDBDataChunk): RowBlock {
    const block = this.#block
    block.count = chunk.rowCount
    const columns = [block.user, block.instant, block.behaviour, block.location, block.offset]
    for (let column = 0; column < columns.length; column++) {
      const vector = chunk.getColumnVector(column)
      const values = columns[column]
      for (let index = 0; index < block.count; index++) values[index] = vector.getItem(index) as number
    }
    return block
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

async function mapFailures<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (signal !== undefined) throwIfCancelled(signal)
    const message = error instanceof Error ? error.message : String(error)
    if (/no space left|disk is full|could not write|ENOSPC|max_temp_directory_size|IO Error/i.test(message)) {
      throw new WorkbenchError(
        'storage',
        phrase`Sorting the rows needs more space than the disk has (${message.split('\n')[0]}).`,
        phrase`Free some space and try again; nothing was kept.`,
        { cause: error },
      )
    }
    if (/Out of Memory/i.test(message)) {
      throw new WorkbenchError(
        'storage',
        phrase`Sorting the rows needs more memory than an import takes (${message.split('\n')[0]}).`,
        phrase`Cut the log into several files and import them one by one; nothing was kept.`,
        { cause: error },
      )
    }
    throw error
  }
}
