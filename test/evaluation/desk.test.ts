import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import { compareRuns, compareStored } from '../../src/main/evaluation/compare.ts'
import { EvaluationDesk } from '../../src/main/evaluation/desk.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import type { ModelPredictions } from '../../src/main/evaluation/predictions.ts'
import { writeReportPage } from '../../src/main/evaluation/report/write.ts'
import { openEvaluation } from '../../src/main/evaluation/stored.ts'
import { evaluationEntries, evaluationSummaries } from '../../src/main/storage/evaluations.ts'
import { trainRun } from '../../src/main/training/run.ts'
import {
  type EvaluationResult,
  overviewFigures,
  storedComparison,
  storedEvaluation,
} from '../../src/shared/evaluation.ts'
import {
  behaviourOptions,
  confusionOptions,
  exportTargetsOptions,
  targetOptions,
  targetSequenceOptions,
} from '../../src/shared/evaluation-details.ts'
import { groupNames } from '../../src/shared/long-tail.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, smallRun } from '../training/training-workspace.ts'

describe('questions about stored evaluations', () => {
  let log: LogWorkspace
  let desk: EvaluationDesk
  let ce: EvaluationResult
  let dataset: OpenedDataset
  let predictions: ModelPredictions
  const folder = mkdtempSync(path.join(tmpdir(), 'evaluation-desk-'))

  beforeAll(async () => {
    log = await createTrainingWorkspace()
    for (const name of ['ce', 'dro']) {
      await trainRun(log.workspace, smallRun({ name, objective: { name: 'ce' }, seed: name.length }), silentContext)
    }
    ce = await evaluateRun(log.workspace, { run: 'ce', bootstrapSamples: 100 }, silentContext)
    await evaluateRun(log.workspace, { run: 'dro', bootstrapSamples: 100 }, silentContext)
    const opened = openEvaluation(log.workspace, storedEvaluation.parse({ run: 'ce' }))
    predictions = opened.predictions
    dataset = openDataset(log.workspace, 'small')
    desk = new EvaluationDesk(log.workspace.directory)
  })
  afterAll(() => {
    desk?.close()
    log[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const rows = () => Array.from(predictions.event.keys())
  const nameOf = (id: number) => dataset.behaviours[id]

  it('give the figures of each behaviour for every run, on the same targets', async () => {
    const figures = await desk.behaviours(behaviourOptions.parse({ runs: ['ce', 'dro'] }))
    expect(figures.name).toEqual(dataset.behaviours)
    expect(figures.support.reduce((sum, count) => sum + count, 0)).toBe(ce.targets)
    expect(figures.runs.map(({ run }) => run.name)).toEqual(['ce', 'dro'])
    const [{ correct, predicted }] = figures.runs
    expect(correct.reduce((sum, count) => sum + count, 0)).toBe(Math.round(ce.accuracy * ce.targets))
    expect(predicted.reduce((sum, count) => sum + count, 0)).toBe(ce.targets)
    const tail = figures.group.flatMap((group, index) => (group === 2 ? figures.support[index] : []))
    expect(tail.reduce((sum, count) => sum + count, 0)).toBe(ce.groups.tail.targets)
  })

  it('count every confusion once, and list the targets behind each', async () => {
    const { pairs, errors, totalPairs, cells, classes, targets } = await desk.confusions(
      confusionOptions.parse({ run: 'ce' }),
    )
    expect(pairs).toHaveLength(totalPairs)
    expect(errors).toBe(ce.targets - Math.round(ce.accuracy * ce.targets))
    for (const { behaviour, predicted, count } of [pairs[0], pairs[pairs.length - 1]]) {
      const found = await desk.targets(targetOptions.parse({ run: 'ce', behaviour, predicted }))
      expect(found.total).toBe(count)
      expect(found.targets.every((target) => target.behaviour === behaviour && target.predicted === predicted)).toBe(
        true,
      )
    }
    const [row, column, count] = cells[0]
    const cell = targetOptions.parse({ run: 'ce', behaviour: classes[row], predicted: classes[column] })
    expect((await desk.targets(cell)).total).toBe(count)
    expect((await desk.targets(targetOptions.parse({ run: 'ce', behaviour: classes[row] }))).total).toBe(targets[row])
  })

  it('list targets with what the model said, by page and in the order asked for', async () => {
    const { total, targets } = await desk.targets(targetOptions.parse({ run: 'ce', limit: 500 }))
    expect(total).toBe(ce.targets + ce.unseenTargets)
    expect(targets.map(({ event }) => event)).toEqual([...predictions.event.subarray(0, 500)])
    const [first] = targets
    expect(first).toMatchObject({
      user: dataset.users[predictions.user[0]],
      time: dataset.columns.time[first.event],
      predicted: nameOf(predictions.predicted[0]),
      confidence: predictions.confidence[0],
    })
    expect(first.top[0]).toBe(first.predicted)
    const page = await desk.targets(targetOptions.parse({ run: 'ce', offset: 3, limit: 2 }))
    expect(page.targets).toEqual(targets.slice(3, 5))
    const wrong = await desk.targets(targetOptions.parse({ run: 'ce', outcome: 'wrong', order: 'surprising' }))
    expect(wrong.total).toBe(rows().filter((row) => predictions.predicted[row] !== predictions.target[row]).length)
    const probabilities = wrong.targets.map(({ probability }) => probability ?? 0)
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => a - b))
  })

  it('show the sequence that led to a target, with the surprise of its targets', async () => {
    const { targets } = await desk.targets(targetOptions.parse({ run: 'ce', outcome: 'right', limit: 1 }))
    const [{ event, user, behaviour, time, probability }] = targets
    const { events, at, earlier, target } = await desk.sequence(
      targetSequenceOptions.parse({ run: 'ce', event, before: 4, after: 1 }),
    )
    expect(events[at]).toMatchObject({ behaviour, time })
    expect(Math.exp(-events[at].surprise!)).toBeCloseTo(probability!, 12)
    expect(groupNames).toContain(events[at].group)
    expect(target.user).toBe(user)
    const start = dataset.userOffsets[dataset.users.indexOf(user)]
    expect(earlier + at).toBe(event - start)
    expect(events.map(({ time: each }) => each)).toEqual([
      ...dataset.columns.time.subarray(event - at, event - at + events.length),
    ])
    const noTarget = targetSequenceOptions.parse({ run: 'ce', event: start })
    await expect(desk.sequence(noTarget)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('say which run or behaviour is missing', async () => {
    const stored = targetOptions.parse({ run: 'ce', split: 'valid' })
    await expect(desk.targets(stored)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/ce was not evaluated so: valid targets/),
    })
    await expect(desk.targets(targetOptions.parse({ run: 'ce', behaviour: 'flying' }))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('"flying"'),
    })
  })

  it('write all targets of a filter, and tables of a page, as files', async () => {
    const output = path.join(folder, 'targets.csv')
    const written = await desk.exportTargets(exportTargetsOptions.parse({ run: 'ce', outcome: 'right', output }))
    const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(written.rows + 1)
    expect(lines[0]).toMatch(/^user,time,behaviour,location,predicted,confidence,rank,probability,top1/)

    const table = path.join(folder, 'table.csv')
    const columns = [
      { name: 'run', type: 'text' as const },
      { name: 'accuracy', type: 'number' as const },
    ]
    await desk.writeTable({
      columns,
      rows: [
        ['=1+1', 0.25],
        [null, null],
      ],
      output: table,
    })
    expect(readFileSync(table, 'utf8')).toBe("run,accuracy\n'=1+1,0.25\n,\n")
    // By the mark Excel knows that it is UTF-8.
    await desk.writeTable({ columns, rows: [['打开微信', 1]], output: table })
    expect(readFileSync(table, 'utf8')).toBe('\ufeffrun,accuracy\n打开微信,1\n')
  })

  it('write counts of a page as whole numbers of 64 bits into Parquet, and other numbers as such', async () => {
    const output = path.join(folder, 'counts.parquet')
    const columns = ['behaviour', 'targets', 'recall', 'unknown'].map((name, index) => ({
      name,
      type: index === 0 ? ('text' as const) : ('number' as const),
    }))
    const rows = [
      ['walk', 2 ** 40, 1, null],
      ['run', null, 0.5, null],
    ]
    await desk.writeTable({ columns, rows, output })
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const read = await connection.runAndReadAll(`SELECT * FROM '${output}'`)
    expect(read.columnTypes().map(String)).toEqual(['VARCHAR', 'BIGINT', 'DOUBLE', 'DOUBLE'])
    expect(read.getRows()).toEqual([
      ['walk', 2n ** 40n, 1, null],
      ['run', null, 0.5, null],
    ])
    connection.closeSync()
  })

  it('compare without running or writing anything, with the same result', async () => {
    const options = { runs: ['ce', 'dro'], bootstrapSamples: 100 }
    const compared = await compareRuns(log.workspace, options, silentContext)
    const stored = await compareStored(log.workspace, storedComparison.parse(options), silentContext)
    expect(stored).toEqual({ ...compared, isStale: [false, false] })
    await expect(
      compareStored(log.workspace, storedComparison.parse({ ...options, split: 'valid' }), silentContext),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  it('summarise for the table of runs what the whole result says', () => {
    const summary = evaluationSummaries(log.workspace.database, { split: 'test', rule: 'share' }).get(ce.run.id)!
    expect(summary).toMatchObject({ targets: ce.targets, createdAt: ce.createdAt })
    expect(summary.figures).toMatchObject({ accuracy: ce.accuracy, 'hr@10': ce['hr@10'], nll: ce.nll, ece: ce.ece })
    expect(summary.figures['groups.tail.macroRecall']).toBe(ce.groups.tail.macroRecall)
    for (const figure of overviewFigures) expect(summary.intervals[figure]).toEqual(ce.intervals[figure])
    expect(evaluationSummaries(log.workspace.database, { split: 'test', rule: 'pareto' }).size).toBe(0)
    expect(evaluationEntries(log.workspace.database, ce.run.id)).toMatchObject([
      { split: 'test', checkpoint: 'best', rule: 'share', adjustment: 0, targets: ce.targets },
    ])
  })

  it('write a report as one page', async () => {
    const output = path.join(folder, 'report.html')
    await writeReportPage(log.workspace, { runs: ['ce'], bootstrapSamples: 100 } as never, output, silentContext)
    expect(readFileSync(output, 'utf8')).toContain('Content-Security-Policy')
  })
})
