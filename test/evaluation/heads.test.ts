import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import { compareRuns } from '../../src/main/evaluation/compare.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { writeReport } from '../../src/main/evaluation/report/write.ts'
import { medianClass } from '../../src/main/evaluation/score-heads.ts'
import { openEvaluation } from '../../src/main/evaluation/stored.ts'
import { predictNext } from '../../src/main/prediction/predict.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { type EvaluationResult, evaluationResult } from '../../src/shared/evaluation.ts'
import { gapBuckets } from '../../src/shared/gaps.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'
import { smallRun } from '../training/training-workspace.ts'

const hour = 3_600_000

/** 20 users with a favourite place among a few, some places that only one or two events have, and gaps from minutes to weeks. */
function* placesLog(): Generator<LogEvent> {
  let state = 99
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  for (let user = 0; user < 20; user++) {
    let time = Date.UTC(2025, 0, 6) + Math.floor(random() * 24) * hour
    for (let event = 0; event < 40; event++) {
      const place =
        random() < 0.1 ? `rare ${user} ${event}` : `place ${random() < 0.5 ? user % 5 : Math.floor(random() * 5)}`
      yield { user: `user ${user}`, time, behaviour: `behaviour ${Math.floor(random() * 4)}`, location: place }
      time += [0, 20 * 60_000, 3 * hour, 24 * hour, 30 * hour, 400 * hour][Math.floor(random() * 6)]
    }
  }
}

const quick = { bootstrapSamples: 100 }

describe('the extra heads of a run, evaluated', () => {
  let log: LogWorkspace
  let dataset: OpenedDataset
  let result: EvaluationResult
  const targets: { user: number; event: number }[] = []

  beforeAll(async () => {
    log = createLogWorkspace()
    log.addSource('log', placesLog())
    await buildDataset(log.workspace, configure({ name: 'small', length: 8, minimumLocationEvents: 5 }), silentContext)
    dataset = openDataset(log.workspace, 'small')
    const model = { preset: 'nano', streamWidth: 4, layers: 1, heads: 2 } as const
    const heads = { ...model, locationHead: true, gapHead: true }
    await trainRun(log.workspace, smallRun({ name: 'heads', model: heads, learningRate: 0.01 }), silentContext)
    await trainRun(log.workspace, smallRun({ name: 'other', model: heads, seed: 5 }), silentContext)
    await trainRun(log.workspace, smallRun({ name: 'plain', model }), silentContext)
    result = await evaluateRun(log.workspace, { run: 'heads', ...quick }, silentContext)
    for (let user = 0; user < dataset.users.length; user++) {
      for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event++) {
        if (dataset.columns.split[event] === 2) targets.push({ user, event })
      }
    }
  })
  afterAll(() => log[Symbol.dispose]())

  const predictions = () =>
    openEvaluation(log.workspace, { run: 'heads', split: 'test', checkpoint: 'best', rule: 'share', adjustment: 0 })
      .predictions
  const gapOf = (event: number) => {
    const gap = dataset.columns.time[event] - dataset.columns.time[event - 1]
    const bounds = [1, 6e4, 3e5, 9e5, 18e5, 36e5, 72e5, 144e5, 288e5, 576e5, 864e5, 1728e5, 3456e5, 6048e5, 12096e5]
    return bounds.filter((bound) => gap >= bound).length
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  it('are part of the promised result, over every target of the split', () => {
    expect(evaluationResult.parse(result)).toEqual(JSON.parse(JSON.stringify(result)))
    const { location, knownLocation, gap } = result.heads!
    expect([location!.targets, gap!.targets]).toEqual([targets.length, targets.length])
    const known = targets.filter(({ event }) => dataset.columns.location[event] > 0)
    expect(known.length).toBeLessThan(targets.length)
    expect(knownLocation!.targets).toBe(known.length)
    expect(location!.classes).toBe(dataset.locations.length)
    expect(knownLocation!.classes).toBe(dataset.locations.length - 1)
    expect(gap!.classes).toBe(gapBuckets)
    expect(location!.absoluteError).toBeNull()
  })

  it("say of a target what a prediction from the user's events before it says", async () => {
    const { heads, event: events } = predictions()
    // The window of a user's first target begins half a length before it, and nothing before the window enters these heads.
    const firsts = targets.filter(({ user }, index) => targets[index - 1]?.user !== user)
    expect(firsts.length).toBeGreaterThan(5)
    for (const { event } of firsts) {
      const history = [4, 3, 2, 1].map((back) => ({
        behaviour: dataset.behaviours[dataset.columns.behaviour[event - back]],
        time: dataset.columns.time[event - back],
        location: dataset.locations[dataset.columns.location[event - back]] || null,
      }))
      const { location, gap } = await predictNext(log.workspace, { run: 'heads', history, top: 100 }, silentContext)
      const row = events.indexOf(event)
      expect(heads!.gap!.target[row]).toBe(gapOf(event))
      expect(Math.log(gap!.buckets[gapOf(event)].probability)).toBeCloseTo(heads!.gap!.logProbability[row], 4)
      expect(gap!.mostProbable).toBe(heads!.gap!.predicted[row])
      const id = dataset.columns.location[event]
      expect(heads!.location!.target[row]).toBe(id)
      const place = location!.predictions.find(({ location: name }) => name === (dataset.locations[id] || null))!
      expect(Math.log(place.probability)).toBeCloseTo(heads!.location!.logProbability[row], 4)
    }
  })

  it('have the figures of a naive computation from what was stored of each target', () => {
    const { heads } = predictions()
    for (const view of ['location', 'knownLocation', 'gap'] as const) {
      const rows = heads![view]!
      const seen = Array.from(rows.target.keys()).filter((row) => rows.target[row] < rows.classes)
      const figures = result.heads![view]!
      expect(figures.accuracy).toBeCloseTo(
        mean(seen.map((row) => Number(rows.predicted[row] === rows.target[row]))),
        12,
      )
      expect(figures.nll).toBeCloseTo(mean(seen.map((row) => -rows.logProbability[row])), 10)
      expect(figures.mrr).toBeCloseTo(mean(seen.map((row) => 1 / rows.rank[row])), 12)
      expect(figures['hr@10']).toBeCloseTo(mean(seen.map((row) => Number(rows.rank[row] <= 10))), 12)
      const classes = [...new Set(seen.map((row) => rows.target[row]))]
      expect(figures.supportedClasses).toBe(classes.length)
      const recalls = classes.map((id) => {
        const own = seen.filter((row) => rows.target[row] === id)
        return mean(own.map((row) => Number(rows.predicted[row] === id)))
      })
      expect(figures.macroRecall).toBeCloseTo(mean(recalls), 12)
      expect(result.intervals[`heads.${view}.accuracy`][0]).toBeLessThanOrEqual(figures.accuracy)
      expect(result.intervals[`heads.${view}.nll`][1]).toBeGreaterThanOrEqual(figures.nll)
    }
  })

  it('rank a known place among the known ones, as if "elsewhere" had been ruled out', () => {
    const { location, knownLocation } = predictions().heads!
    for (const row of location!.target.keys()) {
      if (location!.target[row] === 0) {
        expect(knownLocation!.rank[row]).toBe(0)
        continue
      }
      expect(knownLocation!.rank[row]).toBeLessThanOrEqual(location!.rank[row])
      expect(knownLocation!.rank[row]).toBeGreaterThanOrEqual(location!.rank[row] - 1)
      expect(knownLocation!.logProbability[row]).toBeGreaterThanOrEqual(location!.logProbability[row])
    }
  })

  it('have baselines that see only what lies before each target', () => {
    const { location: ids, split } = dataset.columns
    const training: number[] = []
    const countIn = (votes: readonly number[], id: number) => votes.filter((vote) => vote === id).length
    /** Every location by its votes, of equal ones the one more frequent in training first, of those the lower id. */
    const order = (votes: readonly number[]) =>
      [...dataset.locations.keys()].sort(
        (a, b) => countIn(votes, b) - countIn(votes, a) || countIn(training, b) - countIn(training, a) || a - b,
      )
    const trainingGaps: number[] = []
    for (let user = 0; user < dataset.users.length; user++) {
      for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event++) {
        if (split[event] !== 0) continue
        training.push(ids[event])
        trainingGaps.push(gapOf(event))
      }
    }
    const share = (right: (target: { user: number; event: number }) => boolean) =>
      mean(targets.map((target) => Number(right(target))))
    const earlier = ({ user, event }: { user: number; event: number }) =>
      Array.from(ids.subarray(dataset.userOffsets[user], event))
    const { location, gap } = result.heads!
    expect(location!.baselines.mostFrequent.accuracy).toBeCloseTo(
      share(({ event }) => ids[event] === order([])[0]),
      12,
    )
    expect(location!.baselines.repeatLast.accuracy).toBeCloseTo(
      share((target) => ids[target.event] === earlier(target).at(-1)),
      12,
    )
    expect(location!.baselines.userMostFrequent.accuracy).toBeCloseTo(
      share((target) => ids[target.event] === order(earlier(target))[0]),
      12,
    )
    expect(location!.baselines.userMostFrequent.mrr).toBeCloseTo(
      mean(targets.map((target) => 1 / (order(earlier(target)).indexOf(ids[target.event]) + 1))),
      12,
    )
    expect(location!.baselines.mostFrequent['hr@10']).toBeCloseTo(
      share(({ event }) => order([]).indexOf(ids[event]) < 10),
      12,
    )
    expect(location!.baselines.repeatLast).toMatchObject({ 'hr@10': null, mrr: null, nll: null })
    // The training distribution of the gaps, each bucket counted once more, and the user's own after eight events of it.
    const prior = Array.from(
      { length: gapBuckets },
      (_, id) => (trainingGaps.filter((each) => each === id).length + 1) / (trainingGaps.length + gapBuckets),
    )
    expect(gap!.baselines.mostFrequent.nll).toBeCloseTo(
      mean(targets.map(({ event }) => -Math.log(prior[gapOf(event)]))),
      6,
    )
    const own = ({ user, event }: { user: number; event: number }) => {
      const gaps: number[] = []
      for (let own = dataset.userOffsets[user] + 1; own < event; own++) gaps.push(gapOf(own))
      return prior.map((p, id) => (gaps.filter((each) => each === id).length + 8 * p) / (gaps.length + 8))
    }
    expect(gap!.baselines.userMostFrequent.nll).toBeCloseTo(
      mean(targets.map((target) => -Math.log(own(target)[gapOf(target.event)]))),
      6,
    )
    const median = (p: readonly number[]) =>
      p.findIndex((_, id) => p.slice(0, id + 1).reduce((sum, value) => sum + value, 0) >= 0.5)
    expect(gap!.baselines.userMostFrequent.absoluteError).toBeCloseTo(
      mean(targets.map((target) => Math.abs(median(own(target)) - gapOf(target.event)))),
      6,
    )
    expect(location!.baselines.userMostFrequent.lead.accuracy!.difference).toBeCloseTo(
      location!.accuracy - location!.baselines.userMostFrequent.accuracy,
      12,
    )
  })

  it('are compared between runs that both have them, and absent where one has none', async () => {
    const { others } = await compareRuns(log.workspace, { runs: ['heads', 'other', 'plain'], ...quick }, silentContext)
    const { differences, evaluation } = others[0]
    expect(differences['heads.location.nll'].difference).toBeCloseTo(
      evaluation.heads!.location!.nll - result.heads!.location!.nll,
      10,
    )
    expect(differences['heads.gap.absoluteError']).toBeDefined()
    expect(others[1].evaluation.heads).toBeUndefined()
    expect(Object.keys(others[1].differences).filter((name) => name.startsWith('heads.'))).toEqual([])
  })

  it('stand in the report as a table of their own, as CSV and in its page', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'heads-report-'))
    try {
      const { files } = await writeReport(
        log.workspace,
        { runs: ['heads', 'plain'], ...quick },
        directory,
        silentContext,
      )
      expect(files.map((file) => path.basename(file))).toContain('heads.csv')
      const lines = readFileSync(path.join(directory, 'heads.csv'), 'utf8').split('\r\n')
      const { accuracy } = result.heads!.location!
      expect(lines.find((line) => line.startsWith('heads,run,location,accuracy,'))).toContain(`,${accuracy},`)
      expect(lines.some((line) => line.startsWith('heads: userMostFrequent,baseline,gap,nll,'))).toBe(true)
      expect(lines.some((line) => line.startsWith('plain'))).toBe(false)
      expect(readFileSync(path.join(directory, 'report.html'), 'utf8')).toContain('heads-section')
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('the median of a distribution is the first class with half of the probability', () => {
    expect(medianClass(Float64Array.from([0.5, 0.3, 0.2], Math.log))).toBe(0)
    expect(medianClass(Float64Array.from([0.4, 0.3, 0.3], Math.log))).toBe(1)
    expect(medianClass(Float64Array.from([0.1, 0.1, 0.8], Math.log))).toBe(2)
  })
})
