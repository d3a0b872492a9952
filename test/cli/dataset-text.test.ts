import { expect, test } from 'vitest'
import { datasetCommands } from '../../src/main/cli/commands/dataset.ts'
import { silentContext } from '../../src/shared/progress.ts'

/** What a build says, of which the counts are these. */
async function buildText(counts: Record<string, number>): Promise<string> {
  const build = datasetCommands.find(({ name }) => name === 'dataset build')!
  const perPeriod = { train: 0, valid: 0, test: 0 }
  const others = { events: 420, users: 10, behaviours: 4, unseenBehaviours: 0, locations: 2, foldedLocations: 0 }
  const result = {
    id: 'd',
    name: 'two',
    existed: false,
    simulated: false,
    taxonomy: null,
    counts: { eventsBySplit: perPeriod, targets: perPeriod, unseenTargets: perPeriod, ...others, ...counts },
  }
  const workbench = { call: async () => result }
  const { text } = await build.run(workbench as never, { name: 'two' } as never, silentContext)
  return text
}

test('events that two sources hold are said to be left out, and how many', async () => {
  const left = { droppedUsers: 0, droppedEvents: 0 }
  expect(await buildText({ ...left, duplicates: 420 })).toMatch(
    /repeats +left out 420 events that another source holds/,
  )
  expect(await buildText({ ...left, duplicates: 0 })).not.toContain('repeats')
})

test('one of a thing is said in the singular', async () => {
  const text = await buildText({ droppedUsers: 1, droppedEvents: 1, duplicates: 1, users: 1, foldedLocations: 1 })
  expect(text).toMatch(/events +420 of 1 user$/m)
  expect(text).toMatch(/after folding 1 rare one$/m)
  expect(text).toMatch(/left out 1 event that another source holds too$/m)
  expect(text).toMatch(/left out +1 user with too few events \(1 event\)$/m)
})
