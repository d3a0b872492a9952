import { elsewhere } from '../../../shared/heads.ts'
import type { PredictionResult, UnknownName } from '../../../shared/prediction.ts'
import * as prediction from '../../procedures/prediction.ts'
import { count, counted, dateTime, facts, figure, percent, printable, table } from '../format.ts'
import { parseLocationColumn } from '../parse.ts'
import { command, type OptionSpecification } from '../specification.ts'

const run: OptionSpecification = { flags: '--run <run>', description: 'id or name of the run', path: 'run' }
const checkpoint: OptionSpecification = {
  flags: '--checkpoint <name>',
  description: 'which parameters of the run',
  path: 'checkpoint',
}
const computing: readonly OptionSpecification[] = [
  {
    flags: '--device <name>',
    description: 'where to compute; auto is the device that the run was trained on',
    path: 'device',
  },
  { flags: '--threads <n>', description: 'threads of the cpu device', path: 'threads', standard: 'the cores' },
]

export const predictionCommands = [
  command({
    name: 'predict',
    summary: 'list the most probable next behaviours of a user, or after any sequence of events',
    description:
      'A sequence is CSV or TSV with a header, JSON lines, or a JSON array, with a time and a behaviour for each event. Behaviours that the\nmodel does not know take part as "unknown" and are named in the answer.',
    examples: [
      'predict --run dro --user 42 --top 5',
      'predict --run dro --input events.csv --json',
      `predict --run dro --input - <<< '[{"time": "2025-03-01T08:30:00", "event": "coffee"}]'`,
    ],
    options: [
      run,
      checkpoint,
      { flags: '--user <name>', description: 'a user of the log', path: 'user' },
      { flags: '--input <file>', description: 'a sequence of events; - for standard input', path: 'sequence.input' },
      {
        flags: '--input-user <name>',
        description: 'whose events to take, where the input holds several users',
        path: 'sequence.user',
      },
      {
        flags: '--input-format <format>',
        description: 'format of the input',
        path: 'sequence.format',
        standard: 'guessed',
      },
      {
        flags: '--user-column <name>',
        description: 'column of the input that says who',
        path: 'sequence.mapping.user',
        standard: 'guessed',
      },
      {
        flags: '--time-column <name>',
        description: 'column of the input that says when',
        path: 'sequence.mapping.time',
        standard: 'guessed',
      },
      {
        flags: '--event-column <name>',
        description: 'column of the input that says what',
        path: 'sequence.mapping.event',
        standard: 'guessed',
      },
      {
        flags: '--location-column <name>',
        description: 'column of the input that says where; none for no such column',
        path: 'sequence.mapping.location',
        parse: parseLocationColumn,
        standard: 'guessed',
      },
      {
        flags: '--time-format <format>',
        description: 'how times of the input are written',
        path: 'sequence.timeFormat',
        standard: 'guessed',
      },
      {
        flags: '--timezone <zone>',
        description: 'IANA zone for times of the input with a zone',
        path: 'sequence.timeZone',
        standard: "the log's",
      },
      { flags: '--top <n>', description: 'behaviours to list', path: 'top' },
      {
        flags: '--target-time <time>',
        description: 'local time of the event to predict, for runs trained with --target-time',
        path: 'targetTime',
      },
      ...computing,
    ],
    input: prediction.predict.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(prediction.predict, input, context)
      return { document, text: predictionText(document) }
    },
  }),
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
        ['wrote', `${document.output} (${counted(document.bytes, 'byte')})`],
        ['run', `${printable(document.run.name)} (${document.run.id}), checkpoint ${document.checkpoint}`],
        ['model', `${counted(document.parameters, 'parameter')}, ${counted(document.behaviours, 'behaviour')}`],
        [
          'checked',
          `loaded and run again; largest difference of a logit ${document.largestDifference.toExponential(1)}`,
        ],
      ])
      return { document, text }
    },
  }),
]

function predictionText(result: PredictionResult): string {
  const { history, remaining } = result
  const who = result.user === null ? 'the given sequence' : `the user "${printable(result.user)}"`
  return [
    facts([
      [
        'run',
        `${printable(result.run.name)} (${result.run.id})${result.simulated ? ', trained on SIMULATED data' : ''}`,
      ],
      [
        'history',
        `${counted(history.events, 'event')} of ${who}, ${dateTime(history.from)} to ${dateTime(history.until)} (local)`,
      ],
      [
        'read',
        `the last ${count(history.read)} in order${history.countedOnly === 0 ? '' : `, ${counted(history.countedOnly, 'earlier one')} as counts`}`,
      ],
      ...(result.targetTime === null ? [] : [['predicted for', dateTime(result.targetTime)] as const]),
      ...unknownFacts('unknown behaviours', history.unknownBehaviours),
      ...unknownFacts('unknown locations', history.unknownLocations),
    ]),
    '',
    table(
      [{ title: 'rank', align: 'right' }, { title: 'behaviour' }, { title: 'probability', align: 'right' }],
      [
        ...result.predictions.map(({ rank, behaviour, probability }) => [
          String(rank),
          printable(behaviour),
          percent(probability),
        ]),
        ...(remaining.behaviours === 0
          ? []
          : [['', counted(remaining.behaviours, 'other'), percent(remaining.probability)]]),
      ],
    ),
    ...locationLines(result),
    ...gapLines(result),
  ].join('\n')
}

function locationLines({ location }: PredictionResult): string[] {
  if (location === null) return []
  const { predictions, remaining } = location
  const others = counted(remaining.locations, 'other')
  return [
    '',
    'Where it happens:',
    table(
      [{ title: 'rank', align: 'right' }, { title: 'location' }, { title: 'probability', align: 'right' }],
      [
        ...predictions.map(({ rank, location: name, probability }) => [
          String(rank),
          name === null ? elsewhere : printable(name),
          percent(probability),
        ]),
        ...(remaining.locations === 0 ? [] : [['', others, percent(remaining.probability)]]),
      ],
    ),
  ]
}

function gapLines({ gap }: PredictionResult): string[] {
  if (gap === null) return []
  return [
    '',
    'How long after the last event:',
    table(
      [{ title: 'time' }, { title: 'probability', align: 'right' }],
      gap.buckets.map(({ name, probability }) => [name, percent(probability)]),
    ),
  ]
}

function unknownFacts(title: string, names: readonly UnknownName[]): [string, string][] {
  if (names.length === 0) return []
  const shown = names.slice(0, 5).map(({ name, events }) => `${printable(name)} (${count(events)})`)
  return [[title, `${shown.join(', ')}${names.length > 5 ? ` and ${count(names.length - 5)} more` : ''}`]]
}
