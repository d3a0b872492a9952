import { expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { createReview } from '../../src/main/review/create.ts'
import { readReviewSequence, requireReviewProject } from '../../src/main/storage/review-projects.ts'
import type { DatasetConfigurationInput } from '../../src/shared/configuration.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { labelDrafts, reviewOptions } from '../../src/shared/review.ts'
import { CliFolder } from '../cli/run-cli.ts'
import { randomLog } from '../prediction/trained-run.ts'
import { configure, createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import { changeSchema, holiday, odd, personAt, wrong } from './support.ts'

const labels = labelDrafts.parse([
  { name: 'odd', scope: 'sequence', key: '1', colour: '#b3261e' },
  { name: 'wrong', scope: 'event', key: '2', colour: '#0b63a5' },
  { name: 'holiday', scope: 'span', key: '3', colour: '#1d7f5c' },
])

/** A log of 20 users, and a review of 12 sequences of 4 events. */
async function reviewedLog(): Promise<{ log: LogWorkspace; project: number }> {
  const log = createLogWorkspace()
  log.addSource('log', randomLog(20))
  const options = reviewOptions.parse({
    name: 'review',
    source: 'log',
    length: 4,
    count: 12,
    reviewers: ['Ada', 'Ben'],
    labels,
  })
  const { project } = await createReview(log.workspace, options, silentContext)
  return { log, project }
}

async function build(log: LogWorkspace, options: Partial<DatasetConfigurationInput>) {
  const { id } = await buildDataset(log.workspace, configure({ minimumEvents: 1, ...options }), silentContext)
  return openDataset(log.workspace, id, { verify: true })
}

type Built = Awaited<ReturnType<typeof build>>

/** Every event of a dataset by user, time and behaviour. */
function eventsOf({ users, userOffsets, columns, behaviours, unseenBehaviour }: Built): Set<string> {
  return new Set(
    users.flatMap((user, index) =>
      Array.from({ length: userOffsets[index + 1] - userOffsets[index] }, (_, offset) => {
        const event = userOffsets[index] + offset
        return `${user} ${columns.time[event]} ${behaviours[columns.behaviour[event]] ?? unseenBehaviour(event)}`
      }),
    ),
  )
}

function eventsOfSequence(log: LogWorkspace, project: number, position: number, from = 0, until = 3): string[] {
  const { user, events } = readReviewSequence(log.workspace.database, project, position)
  return events.slice(from, until + 1).map(({ time, behaviour }) => `${user} ${time} ${behaviour}`)
}

test('a dataset leaves out exactly the flagged sequences and what lies under the named labels', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  ada.accepts(1, [odd, 0, 3])
  ada.accepts(2, [wrong, 1, 1])
  ada.accepts(3, [holiday, 1, 2])
  // Not accepted, so no judgement.
  ada.does(4, { kind: 'add-labels', labels: [{ label: wrong, from: 0, until: 0 }] })
  const everything = eventsOf(await build(log, { name: 'all' }))
  const missing = async (
    name: string,
    exclusion: Omit<NonNullable<DatasetConfigurationInput['excludeReviewed']>[number], 'project'>,
  ) => {
    const dataset = await build(log, { name, excludeReviewed: [{ project: 'review', ...exclusion }] })
    const kept = eventsOf(dataset)
    for (const event of kept) expect(everything).toContain(event)
    const gone = [...everything].filter((event) => !kept.has(event))
    expect(dataset.manifest.counts.excludedEvents).toBe(gone.length)
    return gone.sort()
  }
  const sequence = (position: number, from?: number, until?: number) =>
    eventsOfSequence(log, project, position, from, until)
  expect(await missing('unflagged', {})).toEqual(sequence(0).sort())
  expect(await missing('labels', { flagged: false, labels: ['odd', 'wrong', 'holiday'] })).toEqual(
    [...sequence(1), ...sequence(2, 1, 1), ...sequence(3, 1, 2)].sort(),
  )
})

test('a label that was taken out of the schema is told as in use while any sequence carries it, and leaves out what it is on', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  const { database } = log.workspace
  const inUse = () => requireReviewProject(database, project).retiredInUse
  const ada = personAt(database, project, 'Ada')
  ada.accepts(1, [odd, 0, 3])
  ada.accepts(2, [wrong, 1, 1])
  expect(inUse(), 'nothing is retired yet').toEqual([])
  changeSchema(database, project, { without: [odd, holiday] })
  expect(inUse()).toEqual([odd])
  const all = eventsOf(await build(log, { name: 'all' }))
  const kept = eventsOf(
    await build(log, { name: 'kept', excludeReviewed: [{ project: 'review', flagged: false, labels: ['odd'] }] }),
  )
  expect([...all].filter((event) => !kept.has(event)).sort()).toEqual(eventsOfSequence(log, project, 1).sort())
  ada.does(1, { kind: 'remove-labels', labels: [{ label: odd, from: 0, until: 3 }] })
  expect(inUse()).toEqual([])
})

test('an adjudication decides; without one, anybody’s flag does', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  const { database } = log.workspace
  const ada = personAt(database, project, 'Ada')
  const ben = personAt(database, project, 'Ben')
  for (const position of [0, 1]) {
    ada.does(position, { kind: 'flag', flagged: true })
    ada.accepts(position)
    ben.accepts(position)
  }
  personAt(database, project, 'Cora', 'adjudicator').accepts(0)
  const all = eventsOf(await build(log, { name: 'all' }))
  const kept = eventsOf(await build(log, { name: 'kept', excludeReviewed: [{ project: 'review' }] }))
  expect([...all].filter((event) => !kept.has(event)).sort()).toEqual(eventsOfSequence(log, project, 1).sort())
})

test('labels that change later make another dataset and leave the old one as it was', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  const configuration = { excludeReviewed: [{ project: 'review' }] }
  const first = await build(log, { name: 'first', ...configuration })
  expect((await build(log, { name: 'again', ...configuration })).contentHash).toBe(first.contentHash)
  ada.does(1, { kind: 'flag', flagged: true })
  const second = await build(log, { name: 'second', ...configuration })
  expect(second.contentHash).not.toBe(first.contentHash)
  // The resolved set belongs to the content even where it leaves out nothing more: that sequence is not in these sources any more.
  await expect(build(log, { name: 'first', ...configuration })).rejects.toThrow(/The name "first" belongs to dataset/)
  expect(eventsOf(openDataset(log.workspace, first.id, { verify: true })).size).toBe(eventsOf(first).size)
})

test('a review of a dataset that left events out does not bring them back', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  personAt(log.workspace.database, project, 'Ada').does(0, { kind: 'flag', flagged: true })
  await build(log, { name: 'kept', excludeReviewed: [{ project: 'review' }] })
  const options = reviewOptions.parse({ name: 'second', dataset: 'kept', length: 4, count: 1000 })
  const { project: second } = await createReview(log.workspace, options, silentContext)
  const { count } = requireReviewProject(log.workspace.database, second)
  const again = Array.from({ length: count }, (_, position) => eventsOfSequence(log, second, position, 0, 512)).flat()
  for (const event of eventsOfSequence(log, project, 0)) expect(again).not.toContain(event)
})

test('an unknown review or label is named', async () => {
  const { log } = await reviewedLog()
  using _closing = log
  const exclude = (exclusion: { project: string; labels?: string[] }) =>
    build(log, { name: 'x', excludeReviewed: [exclusion] })
  await expect(exclude({ project: 'nothing' })).rejects.toThrow(/no review nothing/)
  await expect(exclude({ project: 'review', labels: ['even'] })).rejects.toThrow(/no label "even"/)
})

test('the command line leaves out the same, as the same dataset, and says so where the dataset is shown', async () => {
  const { log, project } = await reviewedLog()
  using _closing = log
  const ada = personAt(log.workspace.database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  ada.accepts(1, [odd, 0, 3], [wrong, 2, 2])
  using folder = new CliFolder()
  const run = (...words: string[]) => folder.run([...words, '--workspace', log.directory])
  const named = ['dataset', 'build', '--name', 'clean', '--min-events', '1']
  const { code, stderr } = await run(
    ...named,
    '--exclude-flagged',
    'review',
    '--exclude-label',
    'review=odd',
    'review=wrong',
  )
  expect(code, stderr).toBe(0)
  const excludeReviewed = [{ project: 'review', flagged: true, labels: ['odd', 'wrong'] }]
  const built = await build(log, { name: 'of-a-page', excludeReviewed })
  const shown = JSON.parse((await run('dataset', 'show', 'clean', '--json')).stdout)
  expect(shown).toMatchObject({ configuration: { excludeReviewed }, contentHash: built.manifest.contentHash })
  expect((await run('dataset', 'show', 'clean')).stdout).toMatch(
    /^left out by reviews +review: flagged sequences, review: odd, review: wrong$/m,
  )

  const other = ['dataset', 'build', '--name', 'other']
  const unknown = await run(...other, '--exclude-label', 'review=nothing')
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/no label "nothing".*Labels: odd, wrong/s) })
  const half = await run(...other, '--exclude-label', 'odd')
  expect(half).toMatchObject({ code: 2, stderr: expect.stringMatching(/--exclude-label.*Write REVIEW=LABEL/s) })
})
