import { pathToFileURL } from 'node:url'
import { baselineNames, type EvaluationResult } from '../../shared/evaluation.ts'
import { groupRuleDescriptions } from '../../shared/long-tail.ts'
import { baselineTitles } from './evaluation-text.ts'
import { counted, duration, printable, score, table } from './format.ts'
import type { QuickstartResult } from './quickstart.ts'

/** What came out, where it is, and what to do next. */
export function quickstartText(result: QuickstartResult): string {
  const { reference } = result.comparison
  const evaluations = [reference, ...result.comparison.others.map(({ evaluation }) => evaluation)]
  const data = result.simulated ? 'SIMULATED data' : printable(result.source.name)
  const refused = result.source.rejected === 0 ? '' : `, ${counted(result.source.rejected, 'row')} refused`
  return [
    `Trained two models for ${counted(result.epochs, 'epoch')} on ${counted(result.source.events, 'event')} (${data}${refused}) in ${duration(result.seconds)}.`,
    '',
    `Next behaviour of ${counted(reference.users, 'user')}, ${counted(reference.targets, 'test target')} (the last 10 % of the time):`,
    figuresTable(evaluations),
    `Groups by training frequency, rule ${reference.rule} (${groupRuleDescriptions[reference.rule]}).`,
    ...(reference.bayes === undefined
      ? []
      : ['Best possible: the simulation knows its own probabilities; no model can do better on average.']),
    '',
    `Report   ${pathToFileURL(result.report)}`,
    `Model    ${result.model} (ONNX, of ${printable(evaluations[1].run.name)})`,
    '',
    'Next:',
    ...result.next.map(({ purpose, command }) => `  ${`${purpose}:`.padEnd(28)}${command}`),
  ].join('\n')
}

function figuresTable(evaluations: readonly EvaluationResult[]): string {
  const [reference] = evaluations
  const dash = '-'
  const rows = [
    ...evaluations.map((evaluation) => [
      `${evaluation.run.objective.name} (${printable(evaluation.run.name)})`,
      score(evaluation.accuracy),
      score(evaluation.macroRecall),
      score(evaluation.groups.tail.macroRecall),
      score(evaluation.nll),
    ]),
    ...baselineNames.map((name) => {
      const baseline = reference.baselines[name]
      return [
        baselineTitles[name],
        score(baseline.accuracy),
        score(baseline.macroRecall),
        score(baseline.groups.tail.macroRecall),
        dash,
      ]
    }),
    ...(reference.bayes === undefined
      ? []
      : [['best possible (Bayes)', score(reference.bayes.accuracy), dash, dash, score(reference.bayes.nll)]]),
  ]
  const columns = ['', 'accuracy', 'macro recall', 'tail macro recall', 'NLL (nats)']
  return table(
    columns.map((title, index) => ({ title, align: index === 0 ? ('left' as const) : ('right' as const) })),
    rows,
  )
}
