import * as runs from '../../procedures/runs.ts'
import { comparisonText, evaluationText } from '../evaluation-text.ts'
import { parseComparedRun } from '../parse.ts'
import { command, type OptionSpecification } from '../specification.ts'

const shared: readonly OptionSpecification[] = [
  { flags: '--split <name>', description: 'whose targets: validation or test period', path: 'split' },
  { flags: '--checkpoint <name>', description: 'which parameters of the run', path: 'checkpoint' },
  {
    flags: '--group-rule <rule>',
    description: 'how head, middle and tail are cut, by training frequency',
    path: 'groupRule',
  },
  { flags: '--bootstrap <n>', description: 'resamples over users for the 95 % intervals', path: 'bootstrapSamples' },
  { flags: '--seed <n>', description: 'seed of the bootstrap', path: 'seed' },
  {
    flags: '--device <name>',
    description: 'where to compute; auto is the device that the run was trained on',
    path: 'device',
  },
]

const comparedRuns = {
  syntax: '<runs...>',
  description: 'ids or names; RUN@TAU adds a post-hoc logit adjustment of tau',
  path: 'runs',
}

export const evaluationCommands = [
  command({
    name: 'evaluate',
    summary: 'measure a run against its targets and against trivial baselines',
    examples: ['evaluate --run dro', 'evaluate --run dro --split valid --group-rule terciles --json'],
    options: [
      { flags: '--run <run>', description: 'id or name of the run', path: 'run' },
      ...shared,
      { flags: '--adjustment <tau>', description: 'post-hoc logit adjustment: logits - tau log p', path: 'adjustment' },
    ],
    input: runs.evaluate.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.evaluate, input, context)
      return { document, text: evaluationText(document) }
    },
  }),
  command({
    name: 'compare',
    summary: 'compare runs with the first of them, paired on the same targets',
    examples: ['compare ce dro', 'compare ce ce@0.25 dro --split valid'],
    arguments: [comparedRuns],
    options: shared,
    input: runs.compare.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.compare, { ...input, runs: input.runs.map(parseRun) }, context)
      return { document, text: comparisonText(document) }
    },
  }),
  command({
    name: 'report',
    summary: 'write a report on one or more runs: HTML, JSON and CSV',
    examples: ['report dro --output report', 'report ce dro --output report'],
    arguments: [comparedRuns],
    options: [{ flags: '--output <folder>', description: 'folder of the report', path: 'directory' }, ...shared],
    input: runs.report.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(runs.report, { ...input, runs: input.runs.map(parseRun) }, context)
      const others = document.files.filter((file) => file !== document.page)
      return { document, text: [`Wrote ${document.page}`, ...others.map((file) => `      ${file}`)].join('\n') }
    },
  }),
]

const parseRun = (run: ReturnType<typeof parseComparedRun>) => (typeof run === 'string' ? parseComparedRun(run) : run)
