import type { Batch, Dataset, Split } from '../../src/main/dataset/types.ts'
import { splitCode } from '../../src/main/dataset/types.ts'
import { datasetConfiguration } from '../../src/shared/configuration.ts'
import { habitDecays } from '../../src/shared/habit.ts'

/** One user's events: class id (V for unknown) and period. */
export type FakeEvent = readonly [id: number, split: Split]

/** A dataset in memory: users of events, V classes. Times, places and slots are all zero. */
export function fakeDataset(classes: number, users: readonly (readonly FakeEvent[])[]): Dataset {
  const events = users.flat()
  const offsets = [0]
  for (const user of users) offsets.push(offsets[offsets.length - 1] + user.length)
  const trainingCounts = new Float64Array(classes)
  for (const [id, split] of events) if (split === 'train' && id < classes) trainingCounts[id] += 1
  return {
    id: 'fake',
    name: 'fake',
    directory: '',
    configuration: datasetConfiguration.parse({ name: 'fake' }),
    contentHash: 'fake',
    simulated: false,
    behaviours: Array.from({ length: classes }, (_, id) => `behaviour ${id}`),
    trainingCounts,
    locations: [''],
    slotsPerDay: 48,
    users: users.map((_, index) => `user ${index}`),
    userOffsets: Float64Array.from(offsets),
    columns: {
      behaviour: Int32Array.from(events, ([id]) => id),
      location: new Int32Array(events.length),
      weekday: new Uint8Array(events.length),
      slot: new Uint16Array(events.length),
      time: new Float64Array(events.length),
      split: Uint8Array.from(events, ([, split]) => splitCode[split]),
    },
    unseenBehaviour: () => undefined,
  }
}

/** Every target of a split, one per row of a batch of length 2, in a scrambled order. */
export function fakeBatches(dataset: Dataset, split: Split): Batch[] {
  const targets: { user: number; event: number }[] = []
  for (let user = 0; user < dataset.users.length; user += 1) {
    for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event += 1) {
      if (dataset.columns.split[event] === splitCode[split]) targets.push({ user, event })
    }
  }
  return targets.reverse().map(({ user, event }) => {
    const target = dataset.columns.behaviour[event]
    const zeros = () => new Int32Array(2)
    return {
      size: 1,
      length: 2,
      behaviour: zeros(),
      location: zeros(),
      weekday: zeros(),
      slot: zeros(),
      targetWeekday: zeros(),
      targetSlot: zeros(),
      target: Int32Array.of(0, target),
      counted: Float32Array.of(0, target < dataset.behaviours.length ? 1 : 0),
      priorCounts: new Float32Array(habitDecays.length * dataset.behaviours.length),
      user: Int32Array.of(user),
      event: Int32Array.of(-1, event),
    }
  })
}
