import fc from 'fast-check'
import { type Dataset, splitCode } from '../../src/main/dataset/types.ts'
import { configure } from '../support/log-workspace.ts'

/** One user of a dataset in memory: behaviours by class id, and how many of the events are training and validation; the rest is test. */
export interface MemoryUser {
  behaviours: number[]
  train: number
  valid: number
}

/** A dataset that was never on disk. `classes` is V; places, weekdays and slots follow from the event's index. */
export function memoryDataset(users: readonly MemoryUser[], classes: number): Dataset {
  const behaviour = Int32Array.from(users.flatMap((user) => user.behaviours))
  const split = users.flatMap(({ behaviours, train, valid }) =>
    behaviours.map((_, index) =>
      index < train ? splitCode.train : index < train + valid ? splitCode.valid : splitCode.test,
    ),
  )
  const userOffsets = new Float64Array(users.length + 1)
  users.forEach((user, index) => {
    userOffsets[index + 1] = userOffsets[index] + user.behaviours.length
  })
  const trainingCounts = new Float64Array(classes)
  behaviour.forEach((id, event) => {
    if (split[event] === splitCode.train) trainingCounts[id]++
  })
  return {
    id: 'memory',
    name: 'memory',
    directory: '',
    configuration: configure(),
    contentHash: '',
    simulated: false,
    behaviours: Array.from({ length: classes }, (_, id) => `behaviour ${id}`),
    trainingCounts,
    locations: ['', 'one', 'two'],
    slotsPerDay: 48,
    users: users.map((_, index) => `user ${index}`),
    userOffsets,
    columns: {
      behaviour,
      location: Int32Array.from(behaviour, (_, event) => event % 3),
      weekday: Uint8Array.from(behaviour, (_, event) => event % 7),
      slot: Uint16Array.from(behaviour, (_, event) => event % 48),
      time: Float64Array.from(behaviour, (_, event) => event),
      split: Uint8Array.from(split),
    },
    unseenBehaviour: () => 'unseen',
  }
}

/** Random datasets; users may have a single event, or none in any of the periods. Unknown behaviours come after training only. */
export function arbitraryDataset(): fc.Arbitrary<Dataset> {
  const classes = 4
  const behaviours = (maxLength: number, known: number) => fc.array(fc.nat(known), { maxLength })
  const user = fc
    .tuple(behaviours(60, classes - 1), behaviours(25, classes), behaviours(25, classes))
    .map(([train, valid, test]) => ({
      behaviours: train.length + valid.length + test.length === 0 ? [0] : [...train, ...valid, ...test],
      train: train.length,
      valid: valid.length,
    }))
  return fc.array(user, { minLength: 1, maxLength: 6 }).map((users) => memoryDataset(users, classes))
}
