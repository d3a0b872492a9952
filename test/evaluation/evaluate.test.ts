import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { compareRuns } from '../../src/main/evaluation/compare.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { readPredictions } from '../../src/main/evaluation/predictions-file.ts'
import { writeReport } from '../../src/main/evaluation/report/write.ts'
import { findEvaluation, listEvaluations } from '../../src/main/storage/evaluations.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { loadRun } from '../../src/main/training/run-directory.ts'
import { type EvaluationResult, evaluationResult } from '../../src/shared/evaluation.ts'
import { render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, type LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from '../training/training-workspace.ts'

const quick = { bootstrapSamples: 100 }

describe('evaluating trained runs', () => {
  let log: LogWorkspace
  let ce: EvaluationResult

  beforeAll(async () => {
    log = await createTrainingWorkspace()
    await trainRun(log.workspace, smallRun({ name: 'ce', objective: { name: 'ce' } }), silentContext)
    await trainRun(log.workspace, smallRun({ name: 'dro' }), silentContext)
    ce = await evaluateRun(log.workspace, { run: 'ce', ...quick }, silentContext)
  })
  afterAll(() => log[Symbol.dispose]())

  const pathOf = (file: string) => path.join(loadRun(log.workspace, 'ce').directory, 'evaluations', file)

  it('gives the promised figures', () => {
    expect(evaluationResult.parse(ce)).toEqual(JSON.parse(JSON.stringify(ce)))
    expect(ce).toMatchObject({ split: 'test', checkpoint: 'best', rule: 'share', device: 'cpu', simulated: true })
    expect(ce.targets).toBe(ce.groups.head.targets + ce.groups.middle.targets + ce.groups.tail.targets)
    expect(ce.nll).toBeGreaterThan(0)
    expect(ce.nllAfterPriorCorrection).toBeGreaterThan(0)
    expect(ce.intervals.accuracy[0]).toBeLessThanOrEqual(ce.accuracy)
    expect(ce.intervals.accuracy[1]).toBeGreaterThanOrEqual(ce.accuracy)
    expect(ce.baselines.markov.lead.accuracy?.difference).toBeCloseTo(ce.accuracy - ce.baselines.markov.accuracy, 12)
  })

  it('covers every test target of the dataset, each from the user that it belongs to', () => {
    const dataset = openDataset(log.workspace, 'small')
    const origin = { contentHash: dataset.contentHash, parametersHash: ce.parametersHash }
    const predictions = readPredictions(pathOf('test.safetensors'), origin)
    expect(predictions.event.length).toBe(ce.targets + ce.unseenTargets)
    for (const [row, event] of predictions.event.entries()) {
      expect(dataset.columns.split[event]).toBe(2)
      expect(dataset.columns.behaviour[event]).toBe(predictions.target[row])
      expect(dataset.userOffsets[predictions.user[row]]).toBeLessThan(event)
      expect(dataset.userOffsets[predictions.user[row] + 1]).toBeGreaterThan(event)
    }
  })

  it('is stored as a file and in the database, and replaced when repeated', async () => {
    expect(JSON.parse(readFileSync(pathOf('test.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(ce)))
    const key = { split: 'test', checkpoint: 'best', rule: 'share', adjustment: 0 } as const
    expect(findEvaluation(log.workspace.database, ce.run.id, key)?.accuracy).toBe(ce.accuracy)
    const again = await evaluateRun(log.workspace, { run: 'ce', ...quick }, silentContext)
    expect({ ...again, createdAt: '', seconds: 0 }).toEqual({ ...ce, createdAt: '', seconds: 0 })
    expect(listEvaluations(log.workspace.database, ce.run.id)).toHaveLength(1)
  })

  it('measures the post-hoc adjustment as a figure of its own, which the prior correction undoes', async () => {
    const adjusted = await evaluateRun(log.workspace, { run: 'ce', adjustment: 1, ...quick }, silentContext)
    expect(adjusted.nll).toBeGreaterThan(ce.nll)
    expect(adjusted.nllAfterPriorCorrection).toBeCloseTo(ce.nllAfterPriorCorrection!, 3)
    expect(existsSync(pathOf('test-tau1.json'))).toBe(true)
    expect(listEvaluations(log.workspace.database, ce.run.id)).toHaveLength(2)
  })

  it('measures validation without a correction that was fitted on the same targets', async () => {
    const valid = await evaluateRun(log.workspace, { run: 'ce', split: 'valid', bootstrapSamples: 0 }, silentContext)
    expect(valid).toMatchObject({ split: 'valid', priorCorrection: null, nllAfterPriorCorrection: null, intervals: {} })
  })

  it('says that the best possible figures of a log simulated elsewhere are not known, by leaving them out', () => {
    expect(ce.bayes).toBeUndefined()
  })

  it('compares runs on the same targets, evaluating those that were not', async () => {
    const comparison = await compareRuns(log.workspace, { runs: ['ce', 'dro'], ...quick }, silentContext)
    const [dro] = comparison.others
    expect(comparison.reference.accuracy).toBe(ce.accuracy)
    expect(dro.differences.accuracy.difference).toBeCloseTo(dro.evaluation.accuracy - ce.accuracy, 12)
    expect(dro.mcnemar.onlyRun - dro.mcnemar.onlyReference).toBe(
      Math.round((dro.evaluation.accuracy - ce.accuracy) * ce.targets),
    )
  })

  it('compares a run with its own post-hoc adjustment', async () => {
    const options = { runs: ['ce', { run: 'ce', adjustment: 1 }], ...quick }
    const comparison = await compareRuns(log.workspace, options, silentContext)
    expect(comparison.others[0].evaluation.adjustment).toBe(1)
  })

  it('does not run a model again whose predictions are there', async () => {
    const context = recordingContext()
    await compareRuns(log.workspace, { runs: ['ce', 'dro'], ...quick }, context)
    expect(new Set(context.reports.map(({ stage }) => render(stage)))).toEqual(new Set(['bootstrap over users']))
  })

  it('gives intervals of other samples from the stored predictions, without running the model', async () => {
    const runs = [1, 2].map((adjustment) => ({ run: 'ce', adjustment }))
    await compareRuns(log.workspace, { runs, ...quick }, silentContext)
    const samples = quick.bootstrapSamples + 50
    const context = recordingContext()
    const { reference } = await compareRuns(log.workspace, { runs, ...quick, bootstrapSamples: samples }, context)
    expect(reference.bootstrap.samples).toBe(samples)
    expect(new Set(context.reports.map(({ stage }) => render(stage)))).toEqual(new Set(['bootstrap over users']))
    const afresh = await evaluateRun(
      log.workspace,
      { run: 'ce', adjustment: 1, bootstrapSamples: samples },
      silentContext,
    )
    expect({ ...reference, createdAt: '', seconds: 0 }).toEqual({ ...afresh, createdAt: '', seconds: 0 })
  })

  it('refuses to compare runs on different datasets', async () => {
    await buildDataset(
      log.workspace,
      configure({ name: 'other', length: 8, minimumEvents: 5, slotMinutes: 60 }),
      silentContext,
    )
    await trainRun(log.workspace, smallRun({ name: 'elsewhere', dataset: 'other', steps: 2 }), silentContext)
    await expect(compareRuns(log.workspace, { runs: ['ce', 'elsewhere'] }, silentContext)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/ce and elsewhere cannot be compared.*small and other/),
    })
  })

  it('names what is wrong with the options', async () => {
    const evaluate = (options: object) => evaluateRun(log.workspace, options as { run: string }, silentContext)
    await expect(evaluate({ run: 'ce', split: 'train' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('split'),
    })
    await expect(evaluate({ run: 'nobody' })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('stops when cancelled and leaves the stored evaluation as it was', async () => {
    const context = recordingContext((progress, controller) => {
      if (progress.stage.template.startsWith('predicting')) controller.abort()
    })
    await expect(evaluateRun(log.workspace, { run: 'dro', checkpoint: 'last' }, context)).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(existsSync(path.join(loadRun(log.workspace, 'dro').directory, 'evaluations', 'test-last.json'))).toBe(false)
  })

  it('says which file is damaged, and recovers by evaluating again', async () => {
    const file = pathOf('test.safetensors')
    const bytes = readFileSync(file)
    bytes[bytes.length - 5] ^= 0xff
    writeFileSync(file, bytes)
    await expect(compareRuns(log.workspace, { runs: ['ce', 'dro'], ...quick }, silentContext)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(file),
    })
    await evaluateRun(log.workspace, { run: 'ce', ...quick }, silentContext)
    await compareRuns(log.workspace, { runs: ['ce', 'dro'], ...quick }, silentContext)
  })

  it('writes a report of both runs into a folder that may not exist yet', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'behavegpt-report-'))
    try {
      const written = await writeReport(
        log.workspace,
        { runs: ['ce', 'dro'], ...quick },
        path.join(folder, 'new'),
        silentContext,
      )
      expect(written.files.map((file) => path.basename(file)).sort()).toEqual([
        'behaviours.csv',
        'confusions.csv',
        'differences.csv',
        'groups.csv',
        'report.html',
        'report.json',
        'summary.csv',
      ])
      const document = JSON.parse(readFileSync(path.join(written.directory, 'report.json'), 'utf8'))
      expect(document.runs.map((run: { label: string }) => run.label)).toEqual(['ce', 'dro'])
      expect(document.runs[1].history.loss.length).toBeGreaterThan(10)
      expect(document.runs[1].history.groups[2].weight.length).toBeGreaterThan(0)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
