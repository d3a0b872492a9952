import { z } from 'zod'
import { WorkbenchError } from '../../../shared/errors.ts'
import { render, verbatim } from '../../../shared/phrase.ts'
import * as runs from '../../procedures/runs.ts'
import { count, facts, figure, printable } from '../format.ts'
import { parseBetas, parseParameter, parseStepsPerCall } from '../parse.ts'
import { command, type OptionSpecification } from '../specification.ts'

type TrainResult = Awaited<ReturnType<typeof runs.train.handler>>

/** Either a new run, or one to take up again. */
const trainInput = runs.train.input
  .omit({ evaluate: true })
  .partial({ dataset: true })
  .extend({
    resume: z.string().min(1).optional(),
    checkpoint: runs.resume.input.shape.checkpoint.optional(),
  })

const options: readonly OptionSpecification[] = [
  { flags: '--dataset <dataset>', description: 'id or name of the dataset', path: 'dataset' },
  {
    flags: '--run <name>',
    description: 'name of the run',
    path: 'name',
    standard: 'made from dataset, preset and objective',
  },
  {
    flags: '--resume <run>',
    description: 'take up a run that was paused, cancelled or interrupted, with its own dataset and settings',
    path: 'resume',
    aloneWith: ['checkpoint'],
  },
  {
    flags: '--checkpoint <name>',
    description: 'with --resume: previous goes back one, for a damaged last',
    path: 'checkpoint',
    standard: 'last',
  },
  { flags: '--preset <name>', description: 'size of the model', path: 'model.preset' },
  {
    flags: '--stream-width <n>',
    description: 'width of each of the four input streams',
    path: 'model.streamWidth',
    standard: "the preset's",
  },
  { flags: '--layers <n>', description: 'transformer blocks', path: 'model.layers', standard: "the preset's" },
  { flags: '--heads <n>', description: 'attention heads', path: 'model.heads', standard: "the preset's" },
  {
    flags: '--no-habit',
    description: 'without the habit term (the frequencies of the user so far)',
    path: 'model.habit',
  },
  {
    flags: '--transitions',
    description: 'mix in what followed the last behaviour in the training period; up to 4,096 behaviours',
    path: 'model.transitions',
  },
  { flags: '--target-time', description: 'feed weekday and slot of the event to predict', path: 'model.targetTime' },
  {
    flags: '--location-head',
    description: 'also learn where the next event happens; needs a dataset with locations',
    path: 'model.locationHead',
  },
  {
    flags: '--gap-head',
    description: 'also learn how long after the last event the next one comes; not with --target-time',
    path: 'model.gapHead',
  },
  {
    flags: '--location-weight <x>',
    description: "weight of the location head's cross-entropy in the loss",
    path: 'locationWeight',
  },
  { flags: '--gap-weight <x>', description: "weight of the gap head's cross-entropy in the loss", path: 'gapWeight' },
  { flags: '--dropout <p>', description: 'dropout in the blocks', path: 'model.dropout' },
  { flags: '--embedding-dropout <p>', description: 'dropout of the embeddings', path: 'model.embeddingDropout' },
  {
    flags: '--location-dropout <p>',
    description: 'share of the locations hidden while training',
    path: 'model.locationDropout',
  },
  { flags: '--objective <name>', description: 'what is minimised', path: 'objective.name', standard: 'ce' },
  {
    flags: '--parameter <name=value>',
    description: 'a parameter of the objective, such as rho=0.1; may be repeated',
    path: 'objective.parameters',
    parse: parseParameter,
    standard: "the objective's",
  },
  ...['rho', 'tau', 'gamma', 'beta', 'power', 'r0', 'alpha', 'eta'].map((name) => ({
    flags: `--${name} <x>`,
    description: `short for --parameter ${name}=x`,
    path: 'objective.parameters',
    parse: (text: string) => parseParameter(`${name}=${text}`),
    standard: "the objective's",
  })),
  {
    flags: '--loss-decay <x>',
    description: "decay of a class's running loss per token of it",
    path: 'objective.decay',
  },
  {
    flags: '--update-every <n>',
    description: 'steps between two answers of the adversary',
    path: 'objective.updateEvery',
  },
  {
    flags: '--device <name>',
    description: 'where to compute; auto tries every device and takes the fastest',
    path: 'device',
  },
  { flags: '--threads <n>', description: 'threads of the cpu device', path: 'threads', standard: 'the cores' },
  { flags: '--epochs <x>', description: 'passes over the training events; or --steps', path: 'epochs' },
  { flags: '--steps <n>', description: 'optimizer steps; or --epochs', path: 'steps' },
  { flags: '--batch <n>', description: 'sequences in a batch', path: 'batch' },
  { flags: '--accumulation <n>', description: 'batches in an optimizer step', path: 'accumulation' },
  {
    flags: '--steps-per-call <n>',
    description: 'steps that the device makes before parameters come back, at most; auto: 10 on cuda, 1 elsewhere',
    path: 'stepsPerCall',
    parse: parseStepsPerCall,
  },
  { flags: '--learning-rate <x>', description: 'highest learning rate of AdamW', path: 'learningRate' },
  { flags: '--warmup <share>', description: 'share of the steps in which the learning rate rises', path: 'warmup' },
  {
    flags: '--final-learning-rate <share>',
    description: 'share of the learning rate at the end',
    path: 'finalLearningRate',
  },
  { flags: '--weight-decay <x>', description: 'decoupled weight decay', path: 'weightDecay' },
  {
    flags: '--betas <two>',
    description: "decays of AdamW's two moments (default: 0.9,0.98)",
    path: 'betas',
    parse: parseBetas,
  },
  { flags: '--decay-embeddings', description: 'decay embeddings as well', path: 'decayEmbeddings' },
  { flags: '--gradient-clip <x>', description: 'largest norm of a gradient', path: 'gradientClip' },
  { flags: '--select-by <metric>', description: 'validation metric that picks the best checkpoint', path: 'selectBy' },
  {
    flags: '--patience <n>',
    description: 'stop after so many validations without improvement; 0 never',
    path: 'patience',
  },
  {
    flags: '--evaluate-every <n>',
    description: 'steps between validations',
    path: 'evaluateEvery',
    standard: 'an epoch',
  },
  {
    flags: '--checkpoint-every <n>',
    description: 'steps between checkpoints',
    path: 'checkpointEvery',
    standard: 'with every validation',
  },
  {
    flags: '--seed <n>',
    description: 'seed of parameters, batches and dropout',
    path: 'seed',
    standard: "the dataset's",
  },
]

export const trainCommands = [
  command({
    name: 'train',
    summary: 'pretrain a model on a dataset, or take up a run again',
    description:
      'An interrupt saves a checkpoint and stops; --resume goes on from it and ends with the same parameters as without the interruption.',
    examples: [
      'train --dataset phones --epochs 10',
      'train --dataset phones --run dro --objective dro-kl --rho 0.1 --epochs 10 --dropout 0.3',
      'train --resume dro',
    ],
    options,
    input: trainInput,
    run: async (workbench, { resume, checkpoint, dataset, ...configuration }, context) => {
      if (resume !== undefined) {
        const document = await workbench.call(runs.resume, { run: resume, checkpoint }, context)
        return { document, text: trainText(document) }
      }
      if (checkpoint === 'previous') {
        throw new WorkbenchError(
          'usage',
          verbatim('--checkpoint goes with --resume only.'),
          verbatim('A new run starts from no checkpoint.'),
        )
      }
      if (dataset === undefined) {
        throw new WorkbenchError(
          'usage',
          verbatim('The option --dataset <dataset> is missing.'),
          verbatim('`behavegpt dataset list` lists the datasets; --resume RUN takes up a run instead.'),
        )
      }
      const document = await workbench.call(runs.train, { ...configuration, dataset }, context)
      return { document, text: trainText(document) }
    },
  }),
]

function trainText(result: TrainResult): string {
  const { best, validation } = result
  const ended = result.stoppedEarly ? `${result.status}, stopped early` : result.status
  const next =
    result.status === 'paused' ? `behavegpt train --resume ${result.run}` : `behavegpt evaluate --run ${result.run}`
  return [
    facts([
      ['run', `${printable(result.name)} (${result.run})`],
      ['state', `${ended}, ${count(result.step)} of ${count(result.totalSteps)} steps`],
      ['device', render(result.deviceReason)],
      ['parameters', count(result.parameterCount)],
      ['best', best === null ? '-' : bestText(best, result.selectBy)],
      [
        'last validation',
        validation === null ? '-' : `${validationText(validation.metrics)} at step ${count(validation.step)}`,
      ],
    ]),
    `Next: ${next}`,
  ].join('\n')
}

function bestText({ value, step }: NonNullable<TrainResult['best']>, selectBy: string): string {
  if (value === null) return `- (no validation targets: the last validated checkpoint, of step ${count(step)})`
  return `validation ${selectBy} ${figure(value)} at step ${count(step)}`
}

function validationText(metrics: NonNullable<TrainResult['validation']>['metrics']): string {
  const { location, gap } = metrics.heads ?? {}
  const heads = [
    ...(location === undefined ? [] : [`location NLL ${figure(location.nll)}, accuracy ${figure(location.accuracy)}`]),
    ...(gap === undefined ? [] : [`gap NLL ${figure(gap.nll)}, accuracy ${figure(gap.accuracy)}`]),
  ]
  const behaviour = metrics.targets === 0 ? '- (n = 0)' : measuredText(metrics)
  return [behaviour, ...heads].join('; ')
}

function measuredText(metrics: NonNullable<TrainResult['validation']>['metrics']): string {
  return `NLL ${figure(metrics.nll)}, accuracy ${figure(metrics.accuracy)}, macro recall ${figure(metrics.macroRecall)} (n = ${count(metrics.targets)})`
}
