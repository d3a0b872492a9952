import { readFileSync, statSync } from 'node:fs'
import NativeDatabase from 'better-sqlite3'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { toStorageError } from './failures.ts'

/** A value that SQLite stores. Integers beyond 2^53 are not used anywhere. */
export type SqlValue = number | string | null | Uint8Array

/** A prepared query: rows are objects by column name. */
export interface Query<Row> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
}

/** A prepared change. */
export interface Change {
  run(...values: SqlValue[]): { changes: number; lastInsertRowid: number }
  /** The same with the values in one array, for statements of many values; at most some thousand. */
  runArray(values: readonly SqlValue[]): void
}

/** What a reader may do. The connection itself is read-only too: SQLite refuses a write. */
export interface ReadDatabase {
  readonly file: string
  /** Prepared once per text and kept. */
  query<Row>(sql: string): Query<Row>
  /** The same with rows as plain arrays in the order of the columns: the fastest way to read millions. */
  queryArrays<Row extends readonly SqlValue[]>(sql: string): Query<Row>
  /** Rows one by one in bounded memory. While it runs, the connection must not write. */
  iterate<Row>(sql: string, ...values: SqlValue[]): IterableIterator<Row>
  /** The same as arrays. */
  iterateArrays<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): IterableIterator<Row>
  /** Several queries that must see one state of the database. */
  snapshot<Result>(work: () => Result): Result
  /** A second connection that keeps seeing the database as it is now, until it is closed. */
  openSnapshot(): ReadDatabase
  close(): void
}

/** What a writer may do besides. */
export interface WriteDatabase extends ReadDatabase {
  /** Prepared once per text and kept. */
  change(sql: string): Change
  /** Statements without values. */
  execute(sql: string): void
  /**
   * All of `work` or nothing; takes the write lock first, so what it reads stays true. A transaction inside another is a part of it.
   * `work` must be synchronous.
   */
  transaction<Result>(work: () => Result): Result
}

class Connection implements WriteDatabase {
  readonly file: string
  readonly #native: NativeDatabase.Database
  readonly #immutable: boolean
  readonly #statements = new Map<string, NativeDatabase.Statement<unknown[], unknown>>()
  readonly #arrayStatements = new Map<string, NativeDatabase.Statement<unknown[], unknown>>()

  constructor(file: string, native: NativeDatabase.Database, immutable: boolean) {
    this.file = file
    this.#immutable = immutable
    this.#native = native
  }

  query<Row>(sql: string): Query<Row> {
    return this.#query(this.#prepare(sql, false))
  }

  queryArrays<Row extends readonly SqlValue[]>(sql: string): Query<Row> {
    return this.#query(this.#prepare(sql, true))
  }

  #query<Row>(statement: NativeDatabase.Statement<unknown[], unknown>): Query<Row> {
    return {
      get: (...values) => this.#guard(phrase`reading the workspace`, () => statement.get(...values)) as Row | undefined,
      all: (...values) => this.#guard(phrase`reading the workspace`, () => statement.all(...values)) as Row[],
    }
  }

  change(sql: string): Change {
    const statement = this.#prepare(sql, false)
    return {
      run: (...values) => {
        const { changes, lastInsertRowid } = this.#guard(phrase`writing the workspace`, () => statement.run(...values))
        return { changes, lastInsertRowid: Number(lastInsertRowid) }
      },
      runArray: (values) => {
        // Spread, because binding a list of arguments is a third faster than binding an array.
        this.#guard(phrase`writing the workspace`, () => statement.run(...values))
      },
    }
  }

  *iterate<Row>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    try {
      yield* this.#native.prepare<SqlValue[], Row>(sql).iterate(...values)
    } catch (error) {
      throw toStorageError(error, phrase`reading the workspace`)
    }
  }

  *iterateArrays<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    try {
      yield* this.#native
        .prepare<SqlValue[], Row>(sql)
        .raw()
        .iterate(...values)
    } catch (error) {
      throw toStorageError(error, phrase`reading the workspace`)
    }
  }

  snapshot<Result>(work: () => Result): Result {
    return this.#guard(phrase`reading the workspace`, () => this.#native.transaction(work).deferred())
  }

  openSnapshot(): ReadDatabase {
    return this.#guard(phrase`reading the workspace`, () => {
      const native = openNativeReader(this.file, this.#immutable)
      // A transaction takes its snapshot with its first read.
      native.exec('BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1')
      return new Connection(this.file, native, this.#immutable)
    })
  }

  transaction<Result>(work: () => Result): Result {
    return this.#guard(phrase`writing the workspace`, () => this.#native.transaction(work).immediate())
  }

  execute(sql: string): void {
    this.#guard(phrase`writing the workspace`, () => this.#native.exec(sql))
  }

  close(): void {
    this.#statements.clear()
    this.#arrayStatements.clear()
    this.#native.close()
  }

  #prepare(sql: string, arrays: boolean): NativeDatabase.Statement<unknown[], unknown> {
    const statements = arrays ? this.#arrayStatements : this.#statements
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = this.#guard(phrase`reading the workspace`, () => this.#native.prepare<unknown[], unknown>(sql))
      if (arrays) statement.raw()
      statements.set(sql, statement)
    }
    return statement
  }

  #guard<Result>(action: Phrase, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw toStorageError(error, action)
    }
  }
}

/** How long a statement waits for another process's transaction before it gives up with `locked`, in milliseconds. */
const patience = 15_000

/** Opens the file for writing (created when absent), in write-ahead mode. Every commit is flushed to the disk before it returns. */
export function openWriteDatabase(file: string): WriteDatabase {
  const native = new NativeDatabase(file, { timeout: patience })
  try {
    // Large pages: a third less work to write events. Only a new database heeds it.
    native.pragma('page_size = 16384')
    native.pragma('journal_mode = WAL')
    native.pragma('synchronous = FULL')
    native.pragma('foreign_keys = ON')
    native.pragma('temp_store = MEMORY')
    native.pragma('cache_size = -65536')
    // Truncate a write-ahead log that grew beyond this once it has been copied back.
    native.pragma('journal_size_limit = 67108864')
  } catch (error) {
    native.close()
    throw error
  }
  return new Connection(file, native, false)
}

/**
 * Opens an existing file for reading only. With `immutable`, for media where nobody can write, it is read into memory: SQLite cannot use a write-ahead database without
 * writing beside it.
 * @throws WorkbenchError `storage` when an immutable file is larger than a gibibyte.
 */
export function openReadDatabase(file: string, { immutable = false }: { immutable?: boolean } = {}): ReadDatabase {
  return new Connection(file, openNativeReader(file, immutable), immutable)
}

function openNativeReader(file: string, immutable: boolean): NativeDatabase.Database {
  const native = new NativeDatabase(immutable ? readWhole(file) : file, {
    readonly: true,
    fileMustExist: !immutable,
    timeout: patience,
  })
  try {
    native.pragma('cache_size = -65536')
    // The first read opens the files of the write-ahead log.
    native.exec('SELECT 1 FROM sqlite_schema LIMIT 1')
    return native
  } catch (error) {
    native.close()
    throw error
  }
}

function readWhole(file: string): Buffer {
  if (statSync(file).size > 2 ** 30) {
    throw new WorkbenchError(
      'storage',
      phrase`${file} is on a read-only disk and too large to be read from there.`,
      phrase`Copy the workspace to a writable disk.`,
    )
  }
  const bytes = readFileSync(file)
  // The versions for writing and reading in the header: 2 is write-ahead, 1 is not.
  bytes[18] = 1
  bytes[19] = 1
  return bytes
}
