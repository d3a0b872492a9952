import type { PredictionResult, UnknownName } from '../../../shared/prediction.ts'
import * as prediction from '../../procedures/prediction.ts'
import { count, dateTime, facts, figure, percent, printable, table } from '../format.ts'
import { command, type OptionSpecification } from '../specification.ts'

const run: OptionSpecification = { flags: '--run <run>', description: 'id or name of the run', path: 'run' }
const checkpoint: OptionSpecification = {
  flags: '--checkpoint <name>',
  description: 'which parameters of the run',
  path: 'checkpoint',
}
const computing: readonly OptionSpecification[] = [
  { flags: '--device <name>', description: 'where to compute', path: 'device' },
  { flags: '--threads <n>', description: 'threads of the cpu device', path: 'threads', standard: 'the cores' },
]

export const predictionCommands = [
  command({
    name: 'score',
    summary: 'predict the next behaviour of all users into the workspace, and into CSV or Parquet',
    examples: ['score --run dro --top 5 --output scores.parquet'],
    options: [
      run,
      checkpoint,
      { flags: '--top <n>', description: 'behaviours for each user', path: 'top' },
      { flags: '--user <name...>', description: 'only these users', path: 'users', standard: 'all' },
      { flags: '--min-events <n>', description: 'leave out users with fewer events', path: 'minimumEvents' },
      {
        flags: '--target-time <time>',
        description: 'local time of the event to predict, for runs trained with --target-time',
        path: 'targetTime',
      },
      { flags: '--output <file>', description: 'also write a table: .csv or .parquet', path: 'output' },
      { flags: '--batch <n>', description: 'users computed at once', path: 'batch' },
      ...computing,
    ],
    input: prediction.score.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(prediction.score, input, context)
      const text = facts([
        [
          'run',
          `${printable(document.run.name)} (${document.run.id})${document.simulated ? ', trained on SIMULATED data' : ''}`,
        ],
        ['users', `${count(document.users)}, ${figure(document.usersPerSecond)} users/s`],
        ['scores', `${count(document.scores)} (top ${count(document.top)})`],
        ['table', document.output ?? 'in the workspace only; --output FILE writes one'],
      ])
      return { document, text }
    },
  }),
  command({
    name: 'export',
    summary: 'write a run as one ONNX file of standard operators, vocabulary included',
    examples: ['export --run dro --to model.onnx'],
    options: [
      run,
      checkpoint,
      { flags: '--to <file>', description: 'path of the ONNX file', path: 'output' },
      { flags: '--overwrite', description: 'replace a file that is there already', path: 'overwrite' },
      { flags: '--license <text>', description: 'licence of the exported model, written into it', path: 'license' },
    ],
    input: prediction.exportModel.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(prediction.exportModel, input, context)
      const text = facts([
        ['wrote', `${document.output} (${count(document.bytes)} bytes)`],
        ['run', `${printable(document.run.name)} (${document.run.id}), checkpoint ${document.checkpoint}`],
        ['model', `${count(document.parameters)} parameters, ${count(document.behaviours)} behaviours`],
        [
          'checked',
          `loaded and run again; largest difference of a logit ${document.largestDifference.toExponential(1)}`,
        ],
      ])
      return { document, text }
    },
  }),
]
