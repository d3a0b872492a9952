import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationCurve } from '../../src/main/evaluation/calibration.ts'
import { classMetrics } from '../../src/main/evaluation/metrics.ts'
import type { ScoredPredictions } from '../../src/main/evaluation/predictions.ts'
import { measure } from '../../src/main/evaluation/summary.ts'
import { type LogitWorld, logitWorld, mean, predictionsOf, softmax } from './arbitrary.ts'

/** Seen rows with what a person would compute by hand from the row's scores. */
function naiveRows(world: LogitWorld) {
  return world.rows
    .filter((row) => row.target < world.classes)
    .map((row) => {
      const sorted = [...row.logits.keys()].sort((a, b) => row.logits[b] - row.logits[a] || a - b)
      const probabilities = softmax(row.logits)
      return {
        ...row,
        predicted: sorted[0],
        rank: row.logits.filter((value) => value >= row.logits[row.target]).length,
        probability: probabilities[row.target],
        confidence: probabilities[sorted[0]],
      }
    })
}

function naiveClasses(world: LogitWorld) {
  const rows = naiveRows(world)
  return Array.from({ length: world.classes }, (_, id) => {
    const truePositives = rows.filter((row) => row.target === id && row.predicted === id).length
    const falsePositives = rows.filter((row) => row.target !== id && row.predicted === id).length
    const falseNegatives = rows.filter((row) => row.target === id && row.predicted !== id).length
    const support = truePositives + falseNegatives
    const precision = truePositives + falsePositives === 0 ? 0 : truePositives / (truePositives + falsePositives)
    const recall = truePositives / support
    const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0
    return { id, support, precision, recall, f1, group: world.groups[id] }
  })
}

/** Targets of two classes of which the first is always predicted, with these probabilities. */
function confidentPredictions(rows: readonly { confidence: number; right: boolean }[]): ScoredPredictions {
  return {
    classes: 2,
    user: Int32Array.from(rows, (_, row) => row % 3),
    event: Int32Array.from(rows.keys()),
    target: Int32Array.from(rows, ({ right }) => (right ? 0 : 1)),
    predicted: new Int32Array(rows.length),
    rank: Int32Array.from(rows, ({ right }) => (right ? 1 : 2)),
    logProbability: Float32Array.from(rows, ({ confidence }) => Math.log(confidence)),
    confidence: Float32Array.from(rows, ({ confidence }) => confidence),
  }
}

function holds(check: (world: LogitWorld, metrics: Record<string, number>) => void): void {
  fc.assert(
    fc.property(logitWorld, (world) => check(world, measure(predictionsOf(world), world.groups).metrics)),
    { numRuns: 300 },
  )
}

describe('metrics agree with a naive computation from the rows', () => {
  it('accuracy, with and without unseen behaviours', () => {
    holds((world, metrics) => {
      const rows = naiveRows(world)
      const hits = rows.filter((row) => row.predicted === row.target).length
      expect(metrics.accuracy).toBeCloseTo(hits / rows.length, 12)
      expect(metrics.accuracyIncludingUnseen).toBeCloseTo(hits / world.rows.length, 12)
    })
  })

  it('precision, recall and F1 per class', () => {
    fc.assert(
      fc.property(logitWorld, (world) => {
        const { tally } = measure(predictionsOf(world), world.groups)
        for (const expected of naiveClasses(world)) {
          const found = classMetrics(tally, expected.id)
          expect(found.support).toBe(expected.support)
          expect(found.precision).toBeCloseTo(expected.precision, 12)
          if (expected.support > 0) expect(found.recall).toBeCloseTo(expected.recall, 12)
          else expect(found.recall).toBeNaN()
          expect(found.f1).toBeCloseTo(expected.f1, 12)
        }
      }),
    )
  })

  it('macro averages over the classes with support, weighted averages, and weighted recall = accuracy', () => {
    holds((world, metrics) => {
      const supported = naiveClasses(world).filter((entry) => entry.support > 0)
      const total = supported.reduce((sum, entry) => sum + entry.support, 0)
      const weighted = (pick: (entry: (typeof supported)[number]) => number) =>
        supported.reduce((sum, entry) => sum + (entry.support / total) * pick(entry), 0)
      expect(metrics.macroRecall).toBeCloseTo(mean(supported.map((entry) => entry.recall)), 12)
      expect(metrics.macroPrecision).toBeCloseTo(mean(supported.map((entry) => entry.precision)), 12)
      expect(metrics.macroF1).toBeCloseTo(mean(supported.map((entry) => entry.f1)), 12)
      expect(metrics.weightedPrecision).toBeCloseTo(
        weighted((entry) => entry.precision),
        12,
      )
      expect(metrics.weightedF1).toBeCloseTo(
        weighted((entry) => entry.f1),
        12,
      )
      expect(metrics.accuracy).toBeCloseTo(
        weighted((entry) => entry.recall),
        12,
      )
    })
  })

  it('HR@k, NDCG@k and MRR with ties against the target', () => {
    holds((world, metrics) => {
      const ranks = naiveRows(world).map((row) => row.rank)
      for (const k of [5, 10, 20]) {
        expect(metrics[`hr@${k}`]).toBeCloseTo(mean(ranks.map((rank) => (rank <= k ? 1 : 0))), 12)
        expect(metrics[`ndcg@${k}`]).toBeCloseTo(
          mean(ranks.map((rank) => (rank <= k ? Math.LN2 / Math.log(1 + rank) : 0))),
          12,
        )
      }
      expect(metrics.mrr).toBeCloseTo(mean(ranks.map((rank) => 1 / rank)), 12)
    })
  })

  it('NLL, overall and per group', () => {
    holds((world, metrics) => {
      const rows = naiveRows(world)
      expect(metrics.nll).toBeCloseTo(mean(rows.map((row) => -Math.log(row.probability))), 5)
      for (const [index, name] of ['head', 'middle', 'tail'].entries()) {
        const own = rows.filter((row) => world.groups[row.target] === index)
        if (own.length === 0) expect(metrics[`groups.${name}.nll`]).toBeNaN()
        else expect(metrics[`groups.${name}.nll`]).toBeCloseTo(mean(own.map((row) => -Math.log(row.probability))), 5)
      }
    })
  })

  it('ECE and the reliability diagram over 15 bins', () => {
    fc.assert(
      fc.property(logitWorld, (world) => {
        const { tally, metrics } = measure(predictionsOf(world), world.groups)
        const rows = naiveRows(world).map((row) => ({ ...row, confidence: Math.fround(row.confidence) }))
        const bins = Array.from({ length: 15 }, (_, bin) =>
          rows.filter(({ confidence }) => Math.min(14, Math.floor(confidence * 15)) === bin),
        )
        const gaps = bins.map((own) =>
          own.length === 0
            ? 0
            : own.length *
              Math.abs(
                mean(own.map((row) => (row.predicted === row.target ? 1 : 0))) - mean(own.map((row) => row.confidence)),
              ),
        )
        expect(metrics.ece).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / rows.length, 10)
        expect(calibrationCurve(tally.scores!.bins.equalWidth).map((bin) => bin.targets)).toEqual(
          bins.map((own) => own.length),
        )
      }),
    )
  })

  it('ACE is the mean gap of 15 equal shares of the targets, sorted by their probability', () => {
    const targets = fc
      .uniqueArray(fc.float({ min: Math.fround(0.001), max: 1, noNaN: true }), { minLength: 15, maxLength: 60 })
      .map((confidences) => confidences.slice(0, confidences.length - (confidences.length % 15)))
      .chain((confidences) =>
        fc
          .array(fc.boolean(), { minLength: confidences.length, maxLength: confidences.length })
          .map((rights) => confidences.map((confidence, row) => ({ confidence, right: rights[row] }))),
      )
    fc.assert(
      fc.property(targets, (rows) => {
        const { tally, metrics } = measure(confidentPredictions(rows), Uint8Array.of(0, 2))
        const sorted = [...rows].sort((a, b) => a.confidence - b.confidence)
        const share = rows.length / 15
        const shares = Array.from({ length: 15 }, (_, index) => sorted.slice(index * share, (index + 1) * share))
        const gap = (own: typeof rows) =>
          Math.abs(mean(own.map(({ right }) => Number(right))) - mean(own.map(({ confidence }) => confidence)))
        expect(metrics.ace).toBeCloseTo(mean(shares.map(gap)), 10)
        expect(calibrationCurve(tally.scores!.bins.equalCount)).toEqual(
          shares.map((own, index) => ({
            from: own[0].confidence,
            to: shares[index + 1]?.[0].confidence ?? own.at(-1)!.confidence,
            targets: share,
            confidence: expect.closeTo(mean(own.map(({ confidence }) => confidence)), 10),
            accuracy: expect.closeTo(mean(own.map(({ right }) => Number(right))), 10),
          })),
        )
      }),
    )
  })

  it('equal probabilities share a bin of equal count, whatever else there is, and no bin is empty', () => {
    holds((world, metrics) => {
      const rows = naiveRows(world).map(({ confidence }) => Math.fround(confidence))
      const curve = calibrationCurve(measure(predictionsOf(world), world.groups).tally.scores!.bins.equalCount)
      expect(curve.length).toBeLessThanOrEqual(15)
      for (const [index, { from, to, targets }] of curve.entries()) {
        const isLast = index === curve.length - 1
        expect(targets).toBe(rows.filter((own) => own >= from && (own < to || (isLast && own === to))).length)
        expect(targets).toBeGreaterThan(0)
      }
      expect(curve.reduce((sum, { targets }) => sum + targets, 0)).toBe(rows.length)
      const gaps = curve.map(({ targets, confidence, accuracy }) => targets * Math.abs(accuracy! - confidence!))
      expect(metrics.ace).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / rows.length, 10)
    })
  })

  it('groups by training frequency and the worst of them', () => {
    holds((world, metrics) => {
      const rows = naiveRows(world)
      const recalls: number[] = []
      for (const [index, name] of ['head', 'middle', 'tail'].entries()) {
        const own = rows.filter((row) => world.groups[row.target] === index)
        const classes = naiveClasses(world).filter((entry) => entry.group === index && entry.support > 0)
        if (own.length === 0) {
          expect(metrics[`groups.${name}.recall`]).toBeNaN()
          expect(metrics[`groups.${name}.macroRecall`]).toBeNaN()
          continue
        }
        recalls.push(mean(own.map((row) => (row.predicted === row.target ? 1 : 0))))
        expect(metrics[`groups.${name}.recall`]).toBeCloseTo(recalls[recalls.length - 1], 12)
        expect(metrics[`groups.${name}.macroRecall`]).toBeCloseTo(mean(classes.map((entry) => entry.recall)), 12)
      }
      expect(metrics['worstGroup.recall']).toBeCloseTo(Math.min(...recalls), 12)
    })
  })
})
