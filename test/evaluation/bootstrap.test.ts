import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bootstrap, bootstrapInterval, metricInterval, pairedDifference } from '../../src/main/evaluation/bootstrap.ts'
import { metricsOf } from '../../src/main/evaluation/metrics.ts'
import { emptyTally, tallyUsers, userStatistics } from '../../src/main/evaluation/statistics.ts'
import { measure } from '../../src/main/evaluation/summary.ts'
import { uniformGenerator } from '../../src/main/model/random.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { logitWorld, predictionsOf } from './arbitrary.ts'

/** Users with accuracies 0, .1, ... .9 of `perUser` targets each; `gained` more hits for every user. */
function clusteredPredictions(users: number, perUser: number, gained = 0) {
  const rows = users * perUser
  return {
    classes: 2,
    user: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / perUser)),
    event: Int32Array.from({ length: rows }, (_, row) => row),
    target: new Int32Array(rows),
    predicted: Int32Array.from({ length: rows }, (_, row) => {
      const user = Math.floor(row / perUser)
      return row % perUser < (user % 10) * (perUser / 10) + gained ? 0 : 1
    }),
  }
}
const groups = Uint8Array.of(0, 2)

describe('sufficient statistics', () => {
  it('give for any weighting of users what the repeated rows themselves would give', () => {
    fc.assert(
      fc.property(
        logitWorld,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }),
        (world, times) => {
          const statistics = userStatistics(predictionsOf(world), world.groups)
          const weights = Int32Array.from(statistics.users, (user) => times[user])
          const repeated = world.rows.flatMap((row) => Array.from({ length: times[row.user] }, () => row))
          fc.pre(repeated.some((row) => row.target < world.classes))
          const weighted = metricsOf(tallyUsers(statistics, emptyTally(statistics), weights), world.groups)
          const direct = measure(predictionsOf({ ...world, rows: repeated }), world.groups).metrics
          for (const [name, value] of Object.entries(direct)) {
            // Its bins are those of the evaluation's own targets, in every resample of them.
            if (name === 'ace') continue
            if (Number.isNaN(value)) expect(weighted[name], name).toBeNaN()
            else expect(weighted[name], name).toBeCloseTo(value, 9)
          }
        },
      ),
    )
  })
})

describe('bootstrap over users', () => {
  it('is repeatable by seed and different for another', async () => {
    const statistics = userStatistics(clusteredPredictions(30, 10), groups)
    const draw = async (seed: number) => {
      const [{ accuracy }] = await bootstrap([statistics], groups, { samples: 20, seed }, silentContext)
      return accuracy
    }
    expect(await draw(1)).toEqual(await draw(1))
    expect(await draw(1)).not.toEqual(await draw(2))
  })

  it('has the standard error of a mean over users, not over targets', async () => {
    // User accuracies 0, .1, ... .9, 20 users each: their standard deviation is .2872, that of their mean .2872 / sqrt(200).
    const statistics = userStatistics(clusteredPredictions(200, 50), groups)
    const [{ accuracy }] = await bootstrap([statistics], groups, { samples: 4000, seed: 3 }, silentContext)
    const [low, high] = bootstrapInterval(0.45, accuracy)!
    expect((high - low) / (2 * 1.96)).toBeCloseTo(0.2872 / Math.sqrt(200), 3)
    expect((high + low) / 2).toBeCloseTo(0.45, 2)
  })

  it('pairs the runs: a gain that every user shares is certain although the intervals overlap', async () => {
    const both = [clusteredPredictions(100, 20), clusteredPredictions(100, 20, 1)]
    const statistics = both.map((predictions) => userStatistics(predictions, groups))
    const draws = await bootstrap(statistics, groups, { samples: 500, seed: 1 }, silentContext)
    const values = both.map((predictions) => measure(predictions, groups).metrics.accuracy)
    expect(bootstrapInterval(0.45, draws[0].accuracy)![1]).toBeGreaterThan(
      bootstrapInterval(0.5, draws[1].accuracy)![0],
    )
    const found = pairedDifference(
      { value: values[0], draws: draws[0].accuracy },
      { value: values[1], draws: draws[1].accuracy },
    )!
    expect(found.difference).toBeCloseTo(0.05, 12)
    expect(found.interval[0]).toBeCloseTo(0.05, 9)
    expect(found.p).toBeCloseTo(2 / 501, 12)
  })

  it('finds no difference between a run and itself', async () => {
    const statistics = userStatistics(clusteredPredictions(20, 10), groups)
    const [first, second] = await bootstrap([statistics, statistics], groups, { samples: 100, seed: 1 }, silentContext)
    const found = pairedDifference({ value: 0.45, draws: first.accuracy }, { value: 0.45, draws: second.accuracy })
    expect(found).toEqual({ difference: 0, interval: [0, 0], p: 1 })
  })

  it('sees no difference in what few users alone differ in, and hardly more than 1 of 20 where there is none', async () => {
    let found = 0
    const repetitions = 200
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const both = [guesses(repetition), guesses(repetition, 0.03)]
      const measured = both.map((predictions) => measure(predictions, new Uint8Array(predictions.classes)))
      const options = { samples: 200, seed: repetition }
      const statistics = measured.map((each) => each.statistics)
      const draws = await bootstrap(statistics, new Uint8Array(both[0].classes), options, silentContext)
      const [first, second] = measured.map(({ metrics }, side) => ({
        value: metrics.macroRecall,
        draws: draws[side].macroRecall,
      }))
      if (pairedDifference(first, second)!.p < 0.05) found += 1
    }
    expect(found / repetitions).toBeLessThan(0.08)
  })

  it('takes 1000 resamples of 40,000 targets, 1,500 users and 300 classes in seconds', async () => {
    const rows = 40_000
    const predictions = {
      classes: 300,
      user: Int32Array.from({ length: rows }, (_, row) => row % 1500),
      event: Int32Array.from({ length: rows }, (_, row) => row),
      target: Int32Array.from({ length: rows }, (_, row) => Math.floor(300 * ((row * 0.618) % 1) ** 3)),
      predicted: Int32Array.from({ length: rows }, (_, row) => Math.floor(300 * ((row * 0.414) % 1) ** 3)),
    }
    const statistics = userStatistics(predictions, new Uint8Array(300))
    const started = performance.now()
    await bootstrap([statistics], new Uint8Array(300), { samples: 1000, seed: 1 }, silentContext)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('stops when it is cancelled from outside while it computes', async () => {
    const statistics = userStatistics(clusteredPredictions(20, 10), groups)
    const controller = new AbortController()
    const drawing = bootstrap(
      [statistics],
      groups,
      { samples: 1e6, seed: 1 },
      { ...silentContext, signal: controller.signal },
    )
    setTimeout(() => controller.abort(), 10)
    await expect(drawing).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('intervals', () => {
  const ramp = Float64Array.from({ length: 41 }, (_, index) => index)

  it('interpolate between order statistics', () => {
    expect(bootstrapInterval(20, ramp)).toEqual([1, 39])
  })

  it('are shifted by the bias of the draws, so that a metric lies in its own interval', () => {
    expect(bootstrapInterval(120, ramp)).toEqual([101, 139])
  })

  it('of a constant prediction hold its macro recall, which few resamples change, and those only upwards', async () => {
    // 40 users have 17 classes each, and 5 of them one more, which one in 200 resamples misses.
    const classes = 18
    const rows = Array.from({ length: 40 * 17 + 5 }, (_, row) =>
      row < 40 * 17 ? { user: row % 40, target: Math.floor(row / 40) } : { user: row - 40 * 17, target: 17 },
    ).sort((first, second) => first.user - second.user)
    const predictions = {
      classes,
      user: Int32Array.from(rows, ({ user }) => user),
      event: Int32Array.from(rows.keys()),
      target: Int32Array.from(rows, ({ target }) => target),
      predicted: new Int32Array(rows.length),
    }
    const { metrics, statistics } = measure(predictions, new Uint8Array(classes))
    const options = { samples: 1000, seed: 1 }
    const [draws] = await bootstrap([statistics], new Uint8Array(classes), options, silentContext)
    const [low, high] = metricInterval('macroRecall', metrics.macroRecall, draws.macroRecall)!
    expect(metrics.macroRecall).toBeCloseTo(1 / 18, 12)
    expect(low).toBeLessThanOrEqual(metrics.macroRecall)
    expect(high).toBeGreaterThanOrEqual(metrics.macroRecall)
    expect(high - low).toBeLessThan(0.001)
  })

  it('hold the metric, whatever its draws are', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, fc.array(share, { minLength: 1 }), (value, draws) => {
        const [low, high] = metricInterval('accuracy', value, Float64Array.from(draws))!
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      }),
    )
  })

  it.each(['accuracy', 'groups.tail.macroRecall', 'hr@10', 'ndcg@5', 'mrr', 'ece'])(
    'of %s end where a share ends, whatever the shift',
    (metric) => {
      expect(metricInterval(metric, 0.99, Float64Array.of(0.8, 0.9, 1))).toEqual([expect.any(Number), 1])
      expect(metricInterval(metric, 0.01, Float64Array.of(0, 0.1, 0.2))).toEqual([0, expect.any(Number)])
    },
  )

  it.each(['nll', 'groups.tail.nll', 'absoluteError'])('of %s have no upper end', (metric) => {
    expect(metricInterval(metric, 20, ramp)).toEqual([1, 39])
    expect(metricInterval(metric, 0, ramp)).toEqual([0, 19])
  })

  it('are not given for a metric that is hardly ever defined', () => {
    expect(bootstrapInterval(1, Float64Array.of(Number.NaN, Number.NaN, 1))).toBeNull()
    expect(bootstrapInterval(Number.NaN, ramp)).toBeNull()
  })

  it('hold macro recall in about 95 of 100 repetitions, although rare classes drop out of resamples', async () => {
    let covered = 0
    const repetitions = 200
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const predictions = guesses(repetition)
      const { metrics, statistics } = measure(predictions, new Uint8Array(predictions.classes))
      const options = { samples: 200, seed: repetition }
      const [draws] = await bootstrap([statistics], new Uint8Array(predictions.classes), options, silentContext)
      const [low, high] = bootstrapInterval(metrics.macroRecall, draws.macroRecall)!
      if (low <= 0.4 && 0.4 <= high) covered += 1
    }
    expect(covered / repetitions).toBeGreaterThan(0.88)
  })
})

describe('paired differences', () => {
  const reference = (draws: number) => ({ value: 0, draws: new Float64Array(draws) })
  const many = (times: number, value: number) => Array.from({ length: times }, () => value)

  it('count a resample without any difference for neither side', () => {
    const draws = Float64Array.from([...many(40, 0), ...many(60, 0.03)])
    expect(pairedDifference(reference(100), { value: 0.02, draws })).toEqual({
      difference: 0.02,
      interval: [0, 0.03],
      p: (2 * 41) / 101,
    })
  })

  it('are sure of nothing that most resamples say the opposite of', () => {
    const draws = Float64Array.from(many(100, 0.01))
    expect(pairedDifference(reference(100), { value: -0.02, draws })).toEqual({
      difference: -0.02,
      interval: [-0.02, 0.01],
      p: 1,
    })
  })
})

/**
 * 60 users of 5 targets among 30 classes of Zipf frequencies, each predicted rightly with probability .4; a share of the predictions is
 * made anew, no better than before.
 */
function guesses(seed: number, anew = 0) {
  const classes = 30
  const uniform = uniformGenerator('guesses', seed)
  const target = Int32Array.from({ length: 300 }, () => Math.floor(classes ** uniform() - 1))
  const guess = (id: number) => (uniform() < 0.4 ? id : (id + 1) % classes)
  const predicted = target.map(guess)
  return {
    classes,
    user: Int32Array.from(target, (_, row) => Math.floor(row / 5)),
    event: Int32Array.from(target.keys()),
    target,
    predicted: predicted.map((id, row) => (anew > 0 && uniform() < anew ? guess(target[row]) : id)),
  }
}
