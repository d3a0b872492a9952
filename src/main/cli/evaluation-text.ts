import {
  type BaselineName,
  type BaselineResult,
  baselineNames,
  type ComparisonResult,
  type EvaluationResult,
  type Interval,
} from '../../shared/evaluation.ts'
import { elsewhere, type HeadView, headViewNames } from '../../shared/heads.ts'
import { groupNames, groupRuleDescriptions } from '../../shared/long-tail.ts'
import { count, counted, facts, printable, score, table } from './format.ts'

export const baselineTitles: Record<BaselineName, string> = {
  mostFrequent: 'most frequent',
  repeatLast: 'repeat last',
  markov: 'first-order Markov',
  userMostFrequent: "user's own most frequent",
}

/** An evaluation as tables; every table says its n and its rule. */
export function evaluationText(result: EvaluationResult): string {
  return [
    headingText(result),
    '',
    metricsTable(result),
    '',
    `Groups by training frequency (${groupRuleDescriptions[result.rule]}):`,
    groupTable(result),
    '',
    `Trivial baselines on the same ${counted(result.targets, 'target')}:`,
    baselineTable(result),
    withoutFigures,
    ...headLines(result),
  ].join('\n')
}

function headingText(result: EvaluationResult): string {
  const adjusted = result.adjustment === 0 ? '' : `, logits adjusted with tau ${result.adjustment}`
  return facts([
    ['run', `${printable(result.run.name)} (${result.run.id}), objective ${result.run.objective.name}${adjusted}`],
    ['dataset', `${printable(result.dataset.name)} (${result.dataset.id})${result.simulated ? ', SIMULATED' : ''}`],
    [
      'targets',
      `${count(result.targets)} of the ${result.split} split, ${counted(result.users, 'user')}; ${count(result.unseenTargets)} more of behaviours never seen in training`,
    ],
    [
      'behaviours',
      `${count(result.classes.supported)} with targets, ${count(result.classes.unsupported)} without (left out of macro averages)`,
    ],
    ['checkpoint', `${result.checkpoint}, picked by validation ${result.selectBy}`],
    ...(result.bayes === undefined
      ? []
      : [
          [
            'best possible',
            `accuracy ${score(result.bayes.accuracy)}, NLL ${score(result.bayes.nll)} (Bayes, known because simulated)`,
          ] as const,
        ]),
  ])
}

const withoutFigures =
  '-: a baseline that names one class and ranks nothing, or gives no probabilities; or an evaluation from before the figure was kept.'

const metrics: readonly (readonly [string, keyof EvaluationResult])[] = [
  ['accuracy (= weighted recall)', 'accuracy'],
  ['accuracy, unseen as misses', 'accuracyIncludingUnseen'],
  ['macro recall', 'macroRecall'],
  ['macro precision', 'macroPrecision'],
  ['macro F1', 'macroF1'],
  ['weighted precision', 'weightedPrecision'],
  ['weighted F1', 'weightedF1'],
  ['HR@10', 'hr@10'],
  ['NDCG@10', 'ndcg@10'],
  ['MRR', 'mrr'],
  ['NLL (nats)', 'nll'],
  ['NLL after prior correction', 'nllAfterPriorCorrection'],
  ['ECE', 'ece'],
  ['ECE after prior correction', 'eceAfterPriorCorrection'],
  ['ACE', 'ace'],
  ['ACE after prior correction', 'aceAfterPriorCorrection'],
]

function metricsTable(result: EvaluationResult): string {
  return table(
    [
      { title: 'metric' },
      { title: 'value', align: 'right' },
      { title: `95 % interval over ${counted(result.users, 'user')}` },
    ],
    metrics.map(([title, name]) => [
      title,
      score(result[name] as number | null | undefined),
      intervalText(result.intervals[name]),
    ]),
  )
}

function groupTable(result: EvaluationResult): string {
  return table(
    [
      { title: 'group' },
      ...['classes', 'with targets', 'targets', 'macro recall', 'recall', 'NLL'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    groupNames.map((name) => {
      const group = result.groups[name]
      return [
        name,
        count(group.classes),
        count(group.supportedClasses),
        count(group.targets),
        score(group.macroRecall),
        score(group.recall),
        score(group.nll),
      ]
    }),
  )
}

const baselineColumns = [
  ['accuracy', 'accuracy'],
  ['macro recall', 'macroRecall'],
  ['macro precision', 'macroPrecision'],
  ['macro F1', 'macroF1'],
  ['HR@10', 'hr@10'],
  ['NDCG@10', 'ndcg@10'],
  ['MRR', 'mrr'],
] as const

function baselineTable(result: EvaluationResult): string {
  const line = (title: string, figures: EvaluationResult | BaselineResult) => [
    title,
    ...baselineColumns.map(([, figure]) => score(figures[figure])),
  ]
  return table(
    [{ title: '' }, ...baselineColumns.map(([title]) => ({ title, align: 'right' as const }))],
    [
      line(`run ${printable(result.run.name)}`, result),
      ...baselineNames.map((name) => line(baselineTitles[name], result.baselines[name])),
    ],
  )
}

const viewTitles: Record<HeadView, string> = {
  location: `next location ("${elsewhere}" being a class)`,
  knownLocation: 'next location, of targets at a location of the vocabulary, among those locations',
  gap: 'time gap, in buckets',
}

/** What the extra heads reach beside the trivial baselines; nothing without them. */
function headLines({ heads = {}, intervals, run }: EvaluationResult): string[] {
  const columns = ['accuracy', 'macro recall', 'HR@10', 'MRR', 'NLL', 'error in buckets']
  return headViewNames.flatMap((view) => {
    const result = heads[view]
    if (result === undefined) return []
    const interval = (figure: string) => intervalText(intervals[`heads.${view}.${figure}`])
    const { accuracy, macroRecall, mrr, nll, absoluteError, baselines } = result
    return [
      '',
      `${viewTitles[view]}: ${counted(result.targets, 'target')}, ${count(result.supportedClasses)} of ${count(result.classes)} classes with targets`,
      table(
        [{ title: '' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
        [
          [
            `run ${printable(run.name)}`,
            ...[accuracy, macroRecall, result['hr@10'], mrr, nll, absoluteError].map(score),
          ],
          ['95 % interval', ...['accuracy', 'macroRecall', 'hr@10', 'mrr', 'nll', 'absoluteError'].map(interval)],
          ...baselineNames.map((name) => {
            const baseline = baselines[name]
            const { accuracy, macroRecall, mrr, nll, absoluteError } = baseline
            return [
              baselineTitles[name],
              ...[accuracy, macroRecall, baseline['hr@10'], mrr, nll, absoluteError].map(score),
            ]
          }),
        ],
      ),
    ]
  })
}

const intervalText = (interval: Interval | undefined) =>
  interval === undefined ? '' : `${score(interval[0])} to ${score(interval[1])}`

const compared = [
  'accuracy',
  'macroRecall',
  'macroF1',
  'ndcg@10',
  'mrr',
  'nll',
  'groups.head.macroRecall',
  'groups.middle.macroRecall',
  'groups.tail.macroRecall',
  ...headViewNames.flatMap((view) =>
    ['accuracy', 'macroRecall', 'mrr', 'nll', 'absoluteError'].map((figure) => `heads.${view}.${figure}`),
  ),
]

/** A comparison as one table per run: difference to the reference with interval and p. */
export function comparisonText({ reference, others, bootstrap }: ComparisonResult): string {
  const name = (evaluation: EvaluationResult) =>
    printable(evaluation.run.name) + (evaluation.adjustment === 0 ? '' : `@${evaluation.adjustment}`)
  const sections = others.map(({ evaluation, differences, mcnemar }) =>
    [
      `${name(evaluation)} minus ${name(reference)}:`,
      table(
        [
          { title: 'metric' },
          { title: name(reference), align: 'right' },
          { title: name(evaluation), align: 'right' },
          { title: 'difference', align: 'right' },
          { title: '95 % interval' },
          { title: 'p', align: 'right' },
        ],
        compared.flatMap((metric) => {
          const paired = differences[metric]
          if (paired === undefined) return []
          return [
            [
              metric,
              score(figureAt(reference, metric)),
              score(figureAt(evaluation, metric)),
              score(paired.difference),
              intervalText(paired.interval),
              paired.p.toFixed(4),
            ],
          ]
        }),
      ),
      `Right on only one side: ${counted(mcnemar.onlyReference, 'target')} by ${name(reference)}, ${count(mcnemar.onlyRun)} by ${name(evaluation)} (McNemar p ${mcnemar.p.toFixed(4)}, takes targets as independent).`,
    ].join('\n'),
  )
  const heading = `Paired on the same ${counted(reference.targets, 'target')} of ${counted(reference.users, 'user')} (${reference.split} split of ${printable(reference.dataset.name)}${reference.simulated ? ', SIMULATED' : ''}); ${counted(bootstrap.samples, 'bootstrap sample')} over users.\nGroups: ${groupRuleDescriptions[reference.rule]}.`
  return [heading, ...sections].join('\n\n')
}

function figureAt(evaluation: EvaluationResult, metric: string): number | null {
  let value: unknown = evaluation
  for (const part of metric.split('.')) value = (value as Record<string, unknown> | undefined)?.[part]
  return typeof value === 'number' ? value : null
}
