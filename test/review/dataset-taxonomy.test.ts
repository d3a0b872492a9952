import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { readLineage } from '../../src/main/dataset/lineage.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { previewDataset } from '../../src/main/dataset/preview.ts'
import { deleteReviewProject } from '../../src/main/storage/review-projects.ts'
import { datasetOptions } from '../../src/shared/configuration.ts'
import { render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { labelDrafts } from '../../src/shared/review.ts'
import { CliFolder } from '../cli/run-cli.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import { addReview, minute, personAt } from './support.ts'

const chat = 1
const labels = labelDrafts.parse([
  { name: 'really chat', scope: 'event', key: '1', colour: '#b3261e', behaviour: 'chat' },
])
const behaviours = ['tea', 'tea', 'walk', 'sms', 'walk', 'tea', 'sms', 'tea', 'walk', 'tea']

let log: LogWorkspace
let project: number
beforeEach(() => {
  log = createLogWorkspace()
  log.addSource(
    'log',
    behaviours.map((behaviour, index) => ({ user: 'u', behaviour, time: index * minute })),
  )
  // Of the first sequence, the SMS is a chat; of the second one nothing has been said.
  const sequences = ['u', 'v'].map((user) => ({ user, behaviours: ['tea', 'walk', 'sms'] }))
  project = addReview(log.workspace.database, { name: 'names', labels, sequences })
})
afterEach(() => log[Symbol.dispose]())

const options = (given: Record<string, unknown>) => datasetOptions.parse({ minimumEvents: 1, ...given })
async function build(given: Record<string, unknown>) {
  const result = await buildDataset(log.workspace, options(given), silentContext)
  return { ...result, dataset: openDataset(log.workspace, result.id, { verify: true }) }
}
const lineageOf = ({ directory, configuration }: { directory: string; configuration: never }) =>
  readLineage(log.workspace.database, directory, configuration)
const namesIn = ({ columns, behaviours: names, unseenBehaviour }: ReturnType<typeof openDataset>) =>
  new Set(Array.from(columns.behaviour, (id, event) => names[id] ?? unseenBehaviour(event)))

test('a dataset takes the names of a review as the rules of its own configuration, the same as from a file, and keeps them', async () => {
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.accepts(0, [chat, 2, 2])
  const { dataset, taxonomy } = await build({ name: 'named', taxonomyOfReview: 'names' })
  expect(namesIn(dataset)).toEqual(new Set(['tea', 'walk', 'chat']))
  expect(dataset.configuration.taxonomy).toEqual({ sms: 'chat' })
  expect(taxonomy).toMatchObject({ rules: [{ behaviour: 'sms', name: 'chat', votes: 1, ofVotes: 1 }] })
  const fromFile = await build({ name: 'from a file', taxonomy: { sms: 'chat' } })
  expect(fromFile.id).toBe(dataset.id)

  // Somebody says of a second SMS that it is none, and of walks that they are chats: the next dataset differs, and this one does not.
  ada.accepts(1, [chat, 1, 1])
  personAt(log.workspace.database, project, 'Ben').accepts(1, [chat, 1, 1])
  const later = await build({ name: 'later', taxonomyOfReview: String(project) })
  expect(later.dataset.configuration.taxonomy).toEqual({ walk: 'chat' })
  expect(namesIn(openDataset(log.workspace, dataset.id, { verify: true }))).toEqual(new Set(['tea', 'walk', 'chat']))
  // Whoever wants the same again has its configuration.
  expect((await build({ ...dataset.configuration, name: 'again' })).id).toBe(dataset.id)
})

test('its lineage says which review, under which labels, on how many votes and when, also once the review is gone', async () => {
  personAt(log.workspace.database, project, 'Ada').accepts(0, [chat, 2, 2])
  const { dataset } = await build({ name: 'named', taxonomyOfReview: 'names' })
  const origin = () => lineageOf(dataset as never).taxonomy
  expect(origin()).toEqual({
    review: { id: project, name: 'names' },
    schemaVersion: 1,
    decisions: 1,
    votes: 1,
    rules: [{ behaviour: 'sms', name: 'chat', votes: 1, ofVotes: 1 }],
    tied: [],
    kept: [],
    readAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    now: true,
  })
  deleteReviewProject(log.workspace.database, project)
  expect(origin()).toMatchObject({ review: { name: 'names' }, now: false })
  const plain = await build({ name: 'plain' })
  expect(lineageOf(plain.dataset as never).taxonomy).toBeNull()

  writeFileSync(join(dataset.directory, 'taxonomy.json'), '{}')
  expect(origin).toThrow(/taxonomy\.json does not say what it should/)
})

test('a preview counts with the names of the review, and says which ones these are', async () => {
  personAt(log.workspace.database, project, 'Ada').accepts(0, [chat, 0, 0], [chat, 2, 2])
  const plain = await previewDataset(log.workspace, options({ name: '-' }), silentContext)
  const named = await previewDataset(log.workspace, options({ name: '-', taxonomyOfReview: 'names' }), silentContext)
  expect([plain.counts.behaviours, named.counts.behaviours]).toEqual([3, 2])
  expect(plain.taxonomy).toBeNull()
  expect(named.taxonomy).toMatchObject({
    review: { name: 'names' },
    rules: [
      { behaviour: 'sms', name: 'chat' },
      { behaviour: 'tea', name: 'chat' },
    ],
  })
})

test('a review that renames nothing, or that nobody has, is refused by build and preview alike, and so are two taxonomies', async () => {
  const refused = async (of: string) => {
    const given = options({ name: 'd', taxonomyOfReview: of })
    const reasons = [
      () => buildDataset(log.workspace, given, silentContext),
      () => previewDataset(log.workspace, given, silentContext),
    ].map(async (attempt) => {
      const error = await attempt().then(
        () => undefined,
        (thrown) => thrown,
      )
      return render(error.toDocument().message)
    })
    const [first, second] = await Promise.all(reasons)
    expect(first).toBe(second)
    return first
  }
  expect(await refused('nothing')).toMatch(/no review nothing/)
  expect(await refused('names')).toMatch(/no accepted event has a label that says what it really is/)
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.accepts(0, [chat, 2, 2])
  ada.accepts(1)
  expect(await refused('names')).toMatch(
    /no behaviour another name. Behaviours that keep theirs: 0; with two names equally frequent: 1\./,
  )
  const both = datasetOptions.safeParse({ name: 'd', taxonomy: { tea: 'drink' }, taxonomyOfReview: 'names' })
  expect(both.error?.issues).toMatchObject([{ path: ['taxonomyOfReview'], message: expect.stringMatching(/not both/) }])
})

test('the command line takes the same review, and tells of it when it builds and when it shows the dataset', async () => {
  personAt(log.workspace.database, project, 'Ada').accepts(0, [chat, 2, 2])
  using folder = new CliFolder()
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await folder.run([...words, '--workspace', log.directory])
    expect(code, stderr).toBe(0)
    return stdout
  }
  const told = /taxonomy +1 rule of the review names \(1\), version 1 of its labels: 1 vote in 1 accepted decision/
  const built = await run('dataset', 'build', '--name', 'named', '--min-events', '1', '--taxonomy-of-review', 'names')
  expect(built).toMatch(told)
  expect(await run('dataset', 'show', 'named')).toMatch(new RegExp(`${told.source}, read \\d{4}-`))
  const shown = JSON.parse(await run('dataset', 'show', 'named', '--json'))
  expect(shown).toMatchObject({
    configuration: { taxonomy: { sms: 'chat' } },
    lineage: { taxonomy: { review: { name: 'names' } } },
  })
  const file = join(folder.directory, 'taxonomy.csv')
  writeFileSync(file, 'behaviour,name\nsms,chat\n')
  await run('dataset', 'build', '--name', 'of-a-file', '--min-events', '1', '--taxonomy', file)
  expect(JSON.parse(await run('dataset', 'show', 'of-a-file', '--json')).id).toBe(shown.id)
})
