import { join } from 'node:path'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import type { DatasetCounts } from '../../shared/datasets.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { SafetensorsWriter, type Tensor, type TensorArray, writeSafetensors } from '../storage/safetensors.ts'
import { slotOf, weekdayOf } from './calendar.ts'
import type { CollectedEvents } from './collect.ts'
import { columnsName, vocabularyName } from './manifest.ts'
import { type EventBlock, eventBlocks, type Periods } from './periods.ts'
import { blockLength, NumberList } from './spill.ts'
import { stringTensors } from './string-table.ts'
import { splitCode } from './types.ts'
import type { LogNames, Vocabulary } from './vocabulary.ts'

/** What is counted while the columns are written. */
export type WrittenCounts = Pick<
  DatasetCounts,
  'eventsBySplit' | 'targets' | 'sequences' | 'unseenTargets' | 'unseenBehaviours' | 'foldedLocationEvents'
>

/** What the files of a dataset are made of. */
export interface DatasetContent {
  events: CollectedEvents
  periods: Periods
  names: LogNames
  vocabulary: Vocabulary
  /** Names by the log's user id. */
  users: readonly string[]
  configuration: DatasetConfiguration
}

/** Streams the events' columns into a directory, and then the vocabulary. */
export async function writeDatasetFiles(
  directory: string,
  content: DatasetContent,
  context: JobContext,
): Promise<WrittenCounts> {
  const { events, periods, vocabulary, users } = content
  const encoder = new BlockEncoder(content)
  const shape = [events.length]
  using writer = new SafetensorsWriter(join(directory, columnsName), [
    { name: 'time', type: 'F64', shape },
    { name: 'behaviour', type: 'I32', shape },
    { name: 'location', type: 'I32', shape },
    { name: 'slot', type: 'U16', shape },
    { name: 'weekday', type: 'U8', shape },
    { name: 'split', type: 'U8', shape },
  ])
  for await (const block of eventBlocks(events, periods, phrase`writing the dataset`, context)) {
    encoder.encode(block)
    encoder.append(block, writer)
  }
  writer.finish()
  await writeSafetensors(join(directory, vocabularyName), {
    ...stringTensors('behaviours', vocabulary.behaviours.names),
    ...stringTensors('locations', ['', ...vocabulary.locations.names]),
    ...stringTensors(
      'users',
      Array.from(events.users.values, (user) => users[user]),
    ),
    ...stringTensors('unseen', encoder.unseenNames),
    trainingCounts: vector(vocabulary.behaviours.counts),
    userOffsets: vector(Float64Array.from([0, ...events.userEnds.values])),
    'unseen.events': vector(encoder.unseenEvents.values),
    'unseen.behaviours': vector(Int32Array.from(encoder.unseenBehaviours.values)),
  })
  return encoder.counts()
}

/** Counts what `writeDatasetFiles` would, without writing it; `onBlock` sees every block of events. */
export async function countDataset(
  content: Omit<DatasetContent, 'users'>,
  onBlock: (block: EventBlock) => void,
  context: JobContext,
): Promise<WrittenCounts> {
  const encoder = new BlockEncoder(content)
  for await (const block of eventBlocks(content.events, content.periods, phrase`counting`, context)) {
    encoder.encode(block)
    onBlock(block)
  }
  return encoder.counts()
}

const vector = (data: TensorArray): Tensor => ({ data, shape: [data.length] })

/** Turns blocks of the log's ids into the dataset's columns and counts as it goes. */
class BlockEncoder {
  /** Events whose behaviour is unseen in training: their index, and the index of the behaviour's name. */
  readonly unseenEvents = new NumberList()
  readonly unseenBehaviours = new NumberList()
  readonly unseenNames: string[] = []
  readonly #content: Omit<DatasetContent, 'users'>
  readonly #unseenIds = new Map<number, number>()
  readonly #eventsBySplit = [0, 0, 0]
  readonly #targets = [0, 0, 0]
  readonly #unseenTargets = [0, 0, 0]
  #foldedLocationEvents = 0
  #sequences = 0
  /** Training targets of the current user so far. */
  #userTargets = 0
  readonly #behaviour = new Int32Array(blockLength)
  readonly #location = new Int32Array(blockLength)
  readonly #slot = new Uint16Array(blockLength)
  readonly #weekday = new Uint8Array(blockLength)

  constructor(content: Omit<DatasetContent, 'users'>) {
    this.#content = content
  }

  encode(block: EventBlock): void {
    const { names, vocabulary, configuration } = this.#content
    const slotsPerDay = 1440 / configuration.slotMinutes
    const unknown = vocabulary.behaviours.names.length
    for (let index = 0; index < block.length; index++) {
      const merged = names.behaviours.mergedOf[block.behaviour[index]]
      const behaviour = vocabulary.behaviours.idOf[merged]
      const location = vocabulary.locations.idOf[block.location[index]]
      this.#behaviour[index] = behaviour
      this.#location[index] = location
      this.#slot[index] = slotOf(block.local[index], slotsPerDay)
      this.#weekday[index] = weekdayOf(block.local[index])
      const split = block.split[index]
      this.#eventsBySplit[split]++
      this.#targets[split] += block.isTarget[index]
      if (block.isTarget[index] === 0) this.#userTargets = 0
      else if (split === splitCode.train && this.#userTargets++ % configuration.length === 0) this.#sequences++
      if (location === 0 && block.location[index] !== 0) this.#foldedLocationEvents++
      if (behaviour === unknown) {
        this.#unseenTargets[split] += block.isTarget[index]
        this.#addUnseen(block.start + index, merged)
      }
    }
  }

  /** Writes the block that was encoded last. */
  append(block: EventBlock, writer: SafetensorsWriter): void {
    writer.append('time', block.local)
    writer.append('behaviour', this.#behaviour.subarray(0, block.length))
    writer.append('location', this.#location.subarray(0, block.length))
    writer.append('slot', this.#slot.subarray(0, block.length))
    writer.append('weekday', this.#weekday.subarray(0, block.length))
    writer.append('split', block.split.subarray(0, block.length))
  }

  counts(): WrittenCounts {
    const bySplit = (counts: number[]) => ({
      train: counts[splitCode.train],
      valid: counts[splitCode.valid],
      test: counts[splitCode.test],
    })
    const { valid, test } = bySplit(this.#unseenTargets)
    return {
      eventsBySplit: bySplit(this.#eventsBySplit),
      targets: bySplit(this.#targets),
      sequences: this.#sequences,
      unseenTargets: { valid, test },
      unseenBehaviours: this.unseenNames.length,
      foldedLocationEvents: this.#foldedLocationEvents,
    }
  }

  #addUnseen(event: number, merged: number): void {
    let id = this.#unseenIds.get(merged)
    if (id === undefined) {
      id = this.unseenNames.length
      this.#unseenIds.set(merged, id)
      this.unseenNames.push(this.#content.names.behaviours.names[merged])
    }
    this.unseenEvents.push(event)
    this.unseenBehaviours.push(id)
  }
}
