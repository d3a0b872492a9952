import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readTaxonomy } from '../../src/main/cli/taxonomy.ts'
import { exportLabels, exportTaxonomy } from '../../src/main/review/export.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { type LabelDraft, labelDrafts } from '../../src/shared/review.ts'
import { temporaryFolder } from '../support/folders.ts'
import { csvFields, hostileNames, isFormula } from '../support/hostile-texts.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, holiday, odd, personAt, wrong } from './support.ts'

test('labels are written as CSV that no spreadsheet runs, and as JSON lines that keep every text', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const user = '=cmd|" /C calc"!A0'
  const project = addReview(database, {
    sequences: [
      { user, behaviours: ['a', '<img onerror=x>', 'c', 'd'] },
      { user: 'u', behaviours: ['a', 'b'] },
    ],
  })
  const ada = personAt(database, project, 'Ada')
  ada.does(0, { kind: 'note', note: '+1, "odd"\nsecond line' })
  ada.accepts(0, [wrong, 1, 1], [holiday, 1, 2], [odd, 0, 3])
  ada.accepts(1)
  const folder = temporaryFolder()
  const write = (format: 'csv' | 'jsonl') =>
    exportLabels(log.workspace, { project, format, output: path.join(folder, 'exports', format) }, silentContext)

  const { output, rows } = await write('jsonl')
  const lines = readFileSync(output, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows).toBe(4)
  expect(lines).toMatchObject([
    { sequence: 1, user, label: 'odd', scope: 'sequence', firstEvent: 1, lastEvent: 4, behaviour: null },
    {
      label: 'wrong',
      scope: 'event',
      firstEvent: 2,
      lastEvent: 2,
      from: '1970-01-01T00:01:00',
      behaviour: '<img onerror=x>',
    },
    { label: 'holiday', scope: 'span', firstEvent: 2, lastEvent: 3, until: '1970-01-01T00:02:00' },
    { sequence: 2, user: 'u', label: null, firstEvent: null },
  ])
  expect(lines[0]).toMatchObject({
    review: 'review',
    reviewer: 'Ada',
    role: 'reviewer',
    note: '+1, "odd"\nsecond line',
    seconds: 2,
  })

  const csv = readFileSync((await write('csv')).output, 'utf8')
  expect(csv).toMatch(/^review,sequence,user,reviewer,role,state,flagged,note,seconds,label,/)
  expect(csv).toContain(
    `review,1,"'=cmd|"" /C calc""!A0",Ada,reviewer,accepted,false,"'+1, ""odd""\nsecond line",2,odd,sequence,1,4,`,
  )
})

test('what was skipped, flagged or noted is exported as well, with its state and when it was in UTC', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  const ada = personAt(database, project, 'Ada')
  ada.does(0, { kind: 'flag', flagged: true })
  ada.does(0, { kind: 'note', note: 'sensor broken' })
  ada.does(0, { kind: 'skip' })
  ada.does(1, { kind: 'add-labels', labels: [{ label: wrong, from: 1, until: 1 }] })
  // Nothing is left of it.
  ada.does(2, { kind: 'flag', flagged: true })
  ada.does(2, { kind: 'flag', flagged: false })
  const output = path.join(temporaryFolder(), 'labels.jsonl')
  await exportLabels(log.workspace, { project, format: 'jsonl', output }, silentContext)
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { sequence: 1, state: 'skipped', flagged: true, note: 'sensor broken', label: null },
    { sequence: 2, state: 'pending', flagged: false, label: 'wrong', fromInstant: '1970-01-01T00:01:00.000Z' },
  ])
  expect(lines).toHaveLength(2)
})

test('labels that name a behaviour become a taxonomy that the dataset builder reads; a tie makes no rule', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const labels = labelDrafts.parse([
    { name: 'it is chat', scope: 'event', key: '1', colour: '#b3261e', behaviour: 'chat, "social"' },
    { name: 'it is work', scope: 'event', key: '2', colour: '#b3261e', behaviour: 'work' },
  ])
  const sequences = [
    { user: 'u', behaviours: ['=app', 'b'] },
    { user: 'v', behaviours: ['=app', 'd'] },
    { user: 'w', behaviours: ['d', 'd', 'c'] },
  ]
  const project = addReview(database, { labels, sequences, reviewers: ['Ada', 'Ben'] })
  const ada = personAt(database, project, 'Ada')
  const ben = personAt(database, project, 'Ben')
  ada.accepts(0, [1, 0, 0], [1, 1, 1])
  ben.accepts(0, [1, 0, 0], [2, 1, 1])
  ada.accepts(1, [2, 0, 0])
  // An adjudication counts instead of both.
  ada.accepts(2, [2, 2, 2])
  ben.accepts(2, [1, 2, 2])
  personAt(database, project, 'Cora', 'adjudicator').accepts(2, [1, 2, 2])
  const output = path.join(temporaryFolder(), 'taxonomy.csv')
  expect(await exportTaxonomy(log.workspace, { project, output })).toEqual({ output, rules: 2, tied: ['b'], kept: [] })
  expect(readTaxonomy(output)).toEqual({ '=app': 'chat, "social"', c: 'chat, "social"' })
})

test('a taxonomy is safe for spreadsheets, and the same when it is read again, whatever its names begin with', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const names = hostileNames(40)
  const behaviours = names.slice(0, 20)
  const labels = names.slice(20).map(
    (behaviour, index): LabelDraft => ({
      name: `label ${index}`,
      scope: 'event',
      key: 'abcdefghijklmnopqrst'[index],
      colour: '#b3261e',
      description: '',
      behaviour,
    }),
  )
  const project = addReview(database, {
    labels,
    sequences: behaviours.map((name) => ({ user: 'u', behaviours: [name] })),
  })
  const ada = personAt(database, project, 'Ada')
  for (const index of behaviours.keys()) ada.accepts(index, [index + 1, 0, 0])
  const output = path.join(temporaryFolder(), 'taxonomy.csv')
  await exportTaxonomy(log.workspace, { project, output })
  expect(csvFields(readFileSync(output, 'utf8')).filter(isFormula)).toEqual([])
  expect(readTaxonomy(output)).toEqual(
    Object.fromEntries(behaviours.map((behaviour, index) => [behaviour, names[20 + index]])),
  )
})

test('events that were accepted without a label of another name say that theirs is right: few labels rename no behaviour', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const labels = labelDrafts.parse([
    { name: 'really chat', scope: 'event', key: '1', colour: '#b3261e', behaviour: 'chat' },
    { name: 'odd', scope: 'event', key: '2', colour: '#b3261e' },
  ])
  const sequences = ['u', 'v', 'w'].map((user) => ({ user, behaviours: ['coffee', 'coffee', 'tea', 'walk'] }))
  const project = addReview(database, { labels, sequences })
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0, [1, 0, 0], [1, 2, 2], [1, 3, 3])
  ada.accepts(1, [1, 2, 2], [2, 0, 0])
  ada.does(2, { kind: 'skip' })
  const output = path.join(temporaryFolder(), 'taxonomy.csv')
  expect(await exportTaxonomy(log.workspace, { project, output })).toMatchObject({
    rules: 1,
    tied: ['walk'],
    kept: ['coffee'],
  })
  expect(readTaxonomy(output)).toEqual({ tea: 'chat' })
})
