import { phrase, render } from '../../../shared/phrase.ts'
import { isResumable, type RunRecord } from '../../../shared/runs.ts'
import * as runs from '../../procedures/runs.ts'
import { count, counted, dateTime, facts, figure, percent, printable, table } from '../format.ts'
import { command } from '../specification.ts'

type Shown = Awaited<ReturnType<typeof runs.show.handler>>

export const runCommands = [
  command({
    name: 'runs list',
    summary: 'list training runs: running, ended and interrupted',
    examples: ['runs', 'runs list --json'],
    input: runs.list.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.list, input, context)
      const unlisted = await workbench.call(runs.unlisted, {}, context)
      if (unlisted.length > 0)
        context.warn(
          phrase`The database does not list what these folders hold, as after an older backup of it was restored: ${unlisted}. They are kept as they are. Restore a workbench.db that lists them, or move them elsewhere.`,
        )
      return {
        document,
        text: document.length === 0 ? 'No runs yet: behavegpt train --dataset NAME' : listText(document),
      }
    },
  }),
  command({
    name: 'runs show',
    summary: 'show a run with its configuration and validations',
    description: 'With --json also everything measured while it trained.',
    examples: ['runs show dro', 'runs show dro --json'],
    arguments: [{ syntax: '<run>', description: 'id or name', path: 'run' }],
    input: runs.show.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.show, input, context)
      return { document, text: showText(document) }
    },
  }),
  command({
    name: 'runs remove',
    summary: 'remove a run with its checkpoints, evaluations and scores',
    description: 'A run that is being trained, evaluated or used otherwise is kept. Exported models and reports stay.',
    examples: ['runs remove dro'],
    arguments: [{ syntax: '<run>', description: 'id or name', path: 'run' }],
    input: runs.remove.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.remove, input, context)
      return { document, text: `Removed run ${printable(document.name)} (${document.id}).` }
    },
  }),
]

function listText(records: readonly RunRecord[]): string {
  const rows = records.map((run) => [
    run.id,
    printable(run.name),
    run.objective,
    run.status,
    `${count(run.step)} of ${count(run.totalSteps)} (${percent(run.step / run.totalSteps)})`,
    run.bestValue === null ? '-' : `${run.selectBy} ${figure(run.bestValue)}`,
    run.device,
    dateTime(run.createdAt),
  ])
  const offers = records
    .filter(({ status }) => isResumable(status))
    .map(({ id, name, status }) => `${printable(name)} is ${status}: behavegpt train --resume ${id}`)
  return [
    table(
      [
        { title: 'id' },
        { title: 'name' },
        { title: 'objective' },
        { title: 'state' },
        { title: 'steps', align: 'right' },
        { title: 'best validation' },
        { title: 'device' },
        { title: 'started (UTC)' },
      ],
      rows,
    ),
    ...offers,
  ].join('\n')
}

function showText(run: Shown): string {
  const parameters = Object.entries(run.objectiveParameters).map(([name, value]) => `${name} = ${figure(value)}`)
  const validations = run.history.validations
    .slice(-10)
    .map(({ step, nll, accuracy, macroRecall, targets }) => [
      count(step),
      ...[nll, accuracy, macroRecall].map((value) => (targets === 0 ? '-' : figure(value))),
      count(targets),
    ])
  return [
    facts([
      ['run', `${printable(run.name)} (${run.id})`],
      ['state', run.status],
      ['dataset', `${printable(run.dataset.name)} (${run.dataset.id})`],
      ['objective', [run.configuration.objective.name, ...parameters].join(', ')],
      ['model', `${run.configuration.model.preset}, ${counted(run.parameterCount, 'parameter')}`],
      ['device', render(run.deviceReason)],
      ['steps', `${count(run.totalSteps)}, ${count(run.stepsPerEpoch)} in an epoch`],
      ['seed', String(run.configuration.seed)],
      ['folder', run.directory],
    ]),
    ...(validations.length === 0
      ? []
      : [
          '',
          table(
            ['step', 'NLL', 'accuracy', 'macro recall', 'targets'].map((title) => ({ title, align: 'right' as const })),
            validations,
          ),
        ]),
  ].join('\n')
}
