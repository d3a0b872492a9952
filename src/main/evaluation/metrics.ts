import { cutoffs } from '../../shared/evaluation.ts'
import { type GroupName, groupNames } from '../../shared/long-tail.ts'
import { calibrationError } from './calibration.ts'
import { rankColumns, scoreColumns, type Tally } from './statistics.ts'

/** Counts of one class and what follows from them. */
export interface ClassMetrics {
  /** Targets of the class. */
  support: number
  /** How often it was predicted, and how often rightly. */
  predicted: number
  correct: number
  /** correct / predicted; 0 when the class was never predicted. */
  precision: number
  /** correct / support; NaN when the class has no targets. */
  recall: number
  /** 2 correct / (support + predicted), the harmonic mean of the two; 0 when both are 0. */
  f1: number
}

/** The metrics of one class from a tally of targets with seen behaviours. */
export function classMetrics(tally: Tally, id: number): ClassMetrics {
  const support = tally.support[id]
  const predicted = tally.predicted[id]
  const correct = tally.correct[id]
  return {
    support,
    predicted,
    correct,
    precision: predicted === 0 ? 0 : correct / predicted,
    recall: correct / support,
    f1: support + predicted === 0 ? 0 : (2 * correct) / (support + predicted),
  }
}

/** Figures by name; NaN where one is not defined, for instance the recall of a group without targets. */
export type Metrics = Record<string, number>

/**
 * Every metric of a tally. N targets with seen behaviours, M with unseen ones, S = classes with support.
 *
 * - accuracy = sum_c correct_c / N (= recall weighted by support); accuracyIncludingUnseen = sum_c correct_c / (N + M)
 * - macroX = (1/|S|) sum_{c in S} X_c; weightedX = (1/N) sum_{c in S} support_c X_c, for X = recall, precision, F1
 * - groups.g.recall = sum_{c in g} correct_c / sum_{c in g} support_c; groups.g.macroRecall = mean of recall_c over S and g
 * - worstGroup.recall = min_g groups.g.recall
 * - and, where the tally has ranks, the metrics of `rankMetrics`; where it has probabilities, those of `scoreMetrics` and groups.g.nll.
 *
 * @param groups group of each class, 0 head, 1 middle, 2 tail: [V]
 */
export function metricsOf(tally: Tally, groups: Uint8Array): Metrics {
  let correct = 0
  let supported = 0
  let recall = 0
  let precision = 0
  let f1 = 0
  let weightedPrecision = 0
  let weightedF1 = 0
  const group = groupNames.map(() => ({ supported: 0, targets: 0, correct: 0, recall: 0 }))
  for (let id = 0; id < tally.support.length; id += 1) {
    if (tally.support[id] === 0) continue
    const figures = classMetrics(tally, id)
    supported += 1
    correct += figures.correct
    recall += figures.recall
    precision += figures.precision
    f1 += figures.f1
    weightedPrecision += figures.support * figures.precision
    weightedF1 += figures.support * figures.f1
    const own = group[groups[id]]
    own.supported += 1
    own.targets += figures.support
    own.correct += figures.correct
    own.recall += figures.recall
  }
  const metrics: Metrics = {
    accuracy: correct / tally.seen,
    accuracyIncludingUnseen: correct / (tally.seen + tally.unseen),
    macroRecall: recall / supported,
    macroPrecision: precision / supported,
    macroF1: f1 / supported,
    weightedPrecision: weightedPrecision / tally.seen,
    weightedF1: weightedF1 / tally.seen,
  }
  for (const [index, name] of groupNames.entries()) {
    metrics[groupMetric(name, 'recall')] = group[index].correct / group[index].targets
    metrics[groupMetric(name, 'macroRecall')] = group[index].recall / group[index].supported
  }
  const present = group.filter((own) => own.targets > 0)
  metrics['worstGroup.recall'] = Math.min(...present.map((own) => own.correct / own.targets))
  if (tally.ranks) Object.assign(metrics, rankMetrics(tally.seen, tally.ranks))
  if (tally.scores) {
    Object.assign(metrics, scoreMetrics(tally.seen, tally.scores))
    for (const [index, name] of groupNames.entries()) {
      metrics[groupMetric(name, 'nll')] = tally.scores.sums[scoreColumns.groupNll + index] / group[index].targets
    }
  }
  return metrics
}

/** Name of a group's figure among the metrics. */
export function groupMetric(group: GroupName, figure: 'recall' | 'macroRecall' | 'nll'): string {
  return `groups.${group}.${figure}`
}

/**
 * Ranking metrics over N targets, r = rank of the target among all V classes (see `rankOf`), one relevant class each:
 *
 * - hr@k = (1/N) sum 1[r <= k]; ndcg@k = (1/N) sum 1[r <= k] / log2(r + 1); mrr = (1/N) sum 1/r
 */
function rankMetrics(targets: number, ranks: Float64Array): Metrics {
  const metrics: Metrics = { mrr: ranks[rankColumns.reciprocalRank] / targets }
  for (const [index, cutoff] of cutoffs.entries()) {
    metrics[`hr@${cutoff}`] = ranks[rankColumns.hit + index] / targets
    metrics[`ndcg@${cutoff}`] = ranks[rankColumns.gain + index] / targets
  }
  return metrics
}

/**
 * Probability metrics over N targets:
 *
 * - nll = -(1/N) sum log p(target), in nats
 * - ece and ace, see `calibrationError`
 * - absoluteError = (1/N) sum |median class - target| where classes are ordered, else NaN
 */
function scoreMetrics(targets: number, { sums, bins }: NonNullable<Tally['scores']>): Metrics {
  return {
    nll: sums[scoreColumns.nll] / targets,
    ece: calibrationError(targets, bins.equalWidth),
    ace: calibrationError(targets, bins.equalCount),
    absoluteError: sums[scoreColumns.absoluteError] / targets,
  }
}
