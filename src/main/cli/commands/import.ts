import { z } from 'zod'
import { WorkbenchError } from '../../../shared/errors.ts'
import type { Reject } from '../../../shared/logs.ts'
import { render, verbatim } from '../../../shared/phrase.ts'
import * as logs from '../../procedures/logs.ts'
import { count, counted, facts, printable, table } from '../format.ts'
import { parseLocationColumn } from '../parse.ts'
import { command, type OptionSpecification } from '../specification.ts'
import { sourceText } from './logs.ts'

type Preview = Awaited<ReturnType<typeof logs.preview.handler>>

/** How the columns of a file are read: of `import`, and of `quickstart` for the user's own file. */
export const mappingOptions: readonly OptionSpecification[] = [
  { flags: '--user-column <name>', description: 'column that says who', path: 'mapping.user', standard: 'guessed' },
  { flags: '--time-column <name>', description: 'column that says when', path: 'mapping.time', standard: 'guessed' },
  { flags: '--event-column <name>', description: 'column that says what', path: 'mapping.event', standard: 'guessed' },
  {
    flags: '--location-column <name>',
    description: 'column that says where; none for no such column',
    path: 'mapping.location',
    parse: parseLocationColumn,
    standard: 'guessed',
  },
  { flags: '--format <format>', description: 'format of the files', path: 'format', standard: 'guessed' },
  { flags: '--time-format <format>', description: 'how times are written', path: 'timeFormat', standard: 'guessed' },
  {
    flags: '--timezone <zone>',
    description: 'IANA zone in which zoned and epoch times are shown, such as Asia/Jakarta',
    path: 'timeZone',
  },
]

/** An import, a look at what one would do, or at what an earlier one refused. */
const importInput = logs.importLog.input.partial({ files: true }).extend({
  dryRun: z.boolean().default(false),
  rejects: z.boolean().default(false),
  output: z.string().min(1).optional(),
})

export const importCommands = [
  command({
    name: 'import',
    summary: 'import log files: CSV, TSV, JSON lines or Parquet, plain, gzip or zstd',
    description:
      'All files of one import become one source. Columns that are not given are guessed and shown. Bad rows are refused one by one and kept\nwith their reasons: --rejects lists them. In CSV and TSV, an apostrophe before = + - @ at the start of a field is taken for what exports\nput there against formulas of spreadsheets, and is taken off; JSON lines and Parquet are read as they stand.',
    examples: [
      'import events.csv --dry-run',
      'import events.csv.gz --user-column user_id --time-column ts --event-column category --timezone Asia/Jakarta',
      'import --rejects --source events --output rejects.csv',
    ],
    arguments: [{ syntax: '[files...]', description: 'the files', path: 'files' }],
    options: [
      ...mappingOptions,
      { flags: '--source <name>', description: 'name of the source', path: 'source', standard: "the first file's" },
      {
        flags: '--max-rejects <n>',
        description: 'stop, and keep nothing, when more rows than this are refused',
        path: 'maximumRejects',
      },
      {
        flags: '--dry-run',
        description: 'show the guessed mapping, first rows and problems; write nothing',
        path: 'dryRun',
      },
      { flags: '--rejects', description: 'list the refused rows of --source instead of importing', path: 'rejects' },
      {
        flags: '--output <file>',
        description: 'with --rejects: write all of them to a CSV or Parquet file',
        path: 'output',
      },
    ],
    input: importInput,
    run: async (workbench, { dryRun, rejects, output, files = [], ...options }, context) => {
      if (rejects) {
        if (files.length > 0)
          throw new WorkbenchError('usage', verbatim('--rejects imports nothing: name a --source, no files.'))
        if (options.source === undefined)
          throw new WorkbenchError(
            'usage',
            verbatim('--rejects needs --source <name>.'),
            verbatim('`behavegpt sources` lists the sources.'),
          )
        const { source } = options
        if (output !== undefined) {
          const document = await workbench.call(logs.exportRejects, { source, output }, context)
          return { document, text: `Wrote ${counted(document.rejects, 'refused row')} to ${document.output}` }
        }
        const document = await workbench.call(logs.rejects, { source }, context)
        return { document, text: rejectsText(document) }
      }
      if (output !== undefined) throw new WorkbenchError('usage', verbatim('--output goes with --rejects only.'))
      if (files.length === 0)
        throw new WorkbenchError(
          'usage',
          verbatim('No file to import was given.'),
          verbatim('behavegpt import FILE...'),
        )
      if (dryRun) {
        const document = await workbench.call(logs.preview, { ...options, files }, context)
        return { document, text: previewText(document) }
      }
      const document = await workbench.call(logs.importLog, { ...options, files }, context)
      const refused =
        document.rejected === 0
          ? []
          : [`Refused rows: behavegpt import --rejects --source ${JSON.stringify(document.name)}`]
      return { document, text: [sourceText(document), ...refused, 'Next: behavegpt logs'].join('\n') }
    },
  }),
  command({
    name: 'simulate',
    summary: 'import a simulated smartphone log, marked as simulated everywhere',
    description:
      'The simulation knows its own probabilities: evaluations show how far a model is from the best possible.',
    examples: ['simulate', 'simulate --events 20000 --users 100 --seed 7 --source small'],
    options: [
      { flags: '--source <name>', description: 'name of the source', path: 'source' },
      { flags: '--events <n>', description: 'events in all', path: 'events', standard: '100000' },
      { flags: '--users <n>', description: 'users', path: 'users', standard: '400' },
      { flags: '--behaviours <n>', description: 'kinds of behaviour', path: 'behaviours', standard: '60' },
      { flags: '--days <n>', description: 'days', path: 'days', standard: '56' },
      { flags: '--seed <n>', description: 'the same seed gives the same log', path: 'seed', standard: '1' },
    ],
    input: logs.simulate.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.simulate, input, context)
      return { document, text: `${sourceText(document)}\nNext: behavegpt logs` }
    },
  }),
]

function rejectsText(rejects: readonly Reject[]): string {
  if (rejects.length === 0) return 'No refused rows.'
  return table(
    [{ title: 'file' }, { title: 'line', align: 'right' }, { title: 'field' }, { title: 'reason' }, { title: 'text' }],
    rejects.map(({ file, line, field, reason, raw }) => [
      file,
      count(line),
      printable(field),
      render(reason),
      printable(raw.length > 60 ? `${raw.slice(0, 59)}…` : raw),
    ]),
  )
}

function previewText(preview: Preview): string {
  const { mapping } = preview
  const looked = preview.complete ? 'all of them' : 'not all of them'
  return [
    facts([
      ['source', preview.source],
      ['format', preview.format],
      ['columns', preview.columns.map(printable).join(', ')],
      ['user', mapping.user],
      ['time', `${mapping.time} (${preview.timeFormat}, shown in ${preview.timeZone})`],
      ['event', mapping.event],
      ['location', mapping.location ?? 'none'],
      ['rows', `${count(preview.rows)} looked at, ${looked}; ${count(preview.rejected)} would be refused`],
    ]),
    '',
    'First rows:',
    table(
      [{ title: 'user' }, { title: 'time (local)' }, { title: 'event' }, { title: 'location' }],
      preview.firstRows.map((row) => [
        printable(row.user),
        row.time,
        printable(row.event),
        printable(row.location ?? '-'),
      ]),
    ),
    ...(preview.problems.length === 0 ? [] : ['', 'Problems:', rejectsText(preview.problems)]),
    ...preview.warnings.map((warning) => `warning: ${render(warning)}`),
    '',
    `Nothing was written. ${outcome(preview)}`,
  ].join('\n')
}

/** What the command would do without --dry-run. */
function outcome({ refusal, isNameTaken, source, rows, rejected, complete }: Preview): string {
  const refused = 'Without --dry-run the same command is refused:'
  if (refusal !== null) return [refused, render(refusal.message), refusal.hint && render(refusal.hint)].join(' ').trim()
  if (isNameTaken)
    return `${refused} there is a source ${printable(source)} already; choose another name with --source.`
  if (complete && rejected === rows) return `${refused} no row can be used.`
  return 'Without --dry-run the same command imports.'
}
