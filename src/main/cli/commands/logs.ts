import type { GroupRule } from '../../../shared/configuration.ts'
import type { Source } from '../../../shared/logs.ts'
import { groupNames, groupRuleDescriptions } from '../../../shared/long-tail.ts'
import * as logs from '../../procedures/logs.ts'
import { count, counted, dateTime, facts, figure, localTime, percent, printable, table } from '../format.ts'
import { command } from '../specification.ts'

type Statistics = Awaited<ReturnType<typeof logs.statistics.handler>>

const sourceArgument = { syntax: '<source>', description: 'name or id of the source', path: 'source' }

export const logCommands = [
  command({
    name: 'logs',
    summary: 'describe what was imported: counts, long tail, hours of the week',
    examples: ['logs', 'logs phones-2024 --json'],
    arguments: [{ syntax: '[sources...]', description: 'only these sources (default: all)', path: 'sources' }],
    input: logs.statistics.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.statistics, input, context)
      return { document, text: statisticsText(document) }
    },
  }),
  command({
    name: 'sources list',
    summary: 'list the imported sources',
    examples: ['sources'],
    input: logs.listSources.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.listSources, input, context)
      return { document, text: sourcesText(document, ({ users }) => [count(users)]) }
    },
  }),
  command({
    name: 'sources show',
    summary: 'show how a source was read and what became of its rows',
    examples: ['sources show phones-2024'],
    arguments: [sourceArgument],
    input: logs.showSource.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.showSource, input, context)
      return { document, text: sourceText(document) }
    },
  }),
  command({
    name: 'sources export',
    summary: 'write the events of sources to a CSV or Parquet file',
    examples: ['sources export --output events.parquet', 'sources export phones-2024 --output phones.csv'],
    arguments: [{ syntax: '[sources...]', description: 'only these sources (default: all)', path: 'sources' }],
    options: [{ flags: '--output <file>', description: 'the file to write, .csv or .parquet', path: 'output' }],
    input: logs.exportEvents.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.exportEvents, input, context)
      return { document, text: `Wrote ${counted(document.events, 'event')} to ${document.output}` }
    },
  }),
  command({
    name: 'sources remove',
    summary: 'remove a source with its events; datasets built from it stay as they are',
    examples: ['sources remove phones-2024'],
    arguments: [sourceArgument],
    input: logs.removeSource.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(logs.removeSource, input, context)
      return { document, text: `Removed source ${printable(document.name)} with ${counted(document.events, 'event')}.` }
    },
  }),
]

/** One source as facts: how it was read, and what became of its rows. */
export function sourceText(source: Source): string {
  const { mapping } = source
  return facts([
    ['source', `${printable(source.name)} (${source.id})${source.simulated ? ', SIMULATED' : ''}`],
    ['files', source.files.map((file) => file.path).join(', ')],
    ['format', source.format],
    [
      'columns',
      `user = ${mapping.user}, time = ${mapping.time}, event = ${mapping.event}, location = ${mapping.location ?? 'none'}`,
    ],
    ['times', `${source.timeFormat}, shown in ${source.timeZone}`],
    ['rows', `${count(source.rows)}: ${rowsText(source)}`],
    ['span', spanText(source.firstTime, source.lastTime)],
  ])
}

const rowsText = ({ events, duplicates, rejected }: Source) =>
  `${counted(events, 'event')}, ${counted(duplicates, 'duplicate')}, ${count(rejected)} rejected`

const spanText = (first: number | null, last: number | null) =>
  first === null || last === null ? '-' : `${localTime(first)} to ${localTime(last)} (local)`

/** @param users cells of what only some lists know: how many users a source has */
function sourcesText<Listed extends Source>(sources: readonly Listed[], users?: (source: Listed) => [string]): string {
  if (sources.length === 0) return 'No sources yet: behavegpt import FILE'
  const right = 'right' as const
  return table(
    [
      { title: 'id', align: right },
      { title: 'source' },
      { title: 'events', align: right },
      ...(users === undefined ? [] : [{ title: 'users', align: right }]),
      { title: 'duplicates', align: right },
      { title: 'rejected', align: right },
      { title: 'first (local)' },
      { title: 'last (local)' },
      { title: '' },
    ],
    sources.map((source) => [
      String(source.id),
      printable(source.name),
      count(source.events),
      ...(users?.(source) ?? []),
      count(source.duplicates),
      count(source.rejected),
      source.firstTime === null ? '-' : localTime(source.firstTime),
      source.lastTime === null ? '-' : localTime(source.lastTime),
      source.simulated ? 'simulated' : '',
    ]),
  )
}

function statisticsText(statistics: Statistics): string {
  const { eventsPerUser } = statistics
  return [
    sourcesText(statistics.sources),
    '',
    facts([
      ['events', `${count(statistics.events)}${statistics.simulated ? ', partly or all SIMULATED' : ''}`],
      ['span', `${dateTime(statistics.firstTime ?? '-')} to ${dateTime(statistics.lastTime ?? '-')} (local)`],
      [
        'users',
        `${count(statistics.users)}; events per user: median ${figure(eventsPerUser.median)}, mean ${figure(eventsPerUser.mean)}, ${count(eventsPerUser.minimum)} to ${count(eventsPerUser.maximum)}`,
      ],
      ['behaviours', count(statistics.behaviours)],
      [
        'locations',
        `${count(statistics.locations)}; ${counted(statistics.eventsWithoutLocation, 'event')} without one`,
      ],
      [
        'long tail',
        `Gini ${figure(statistics.gini)}; the most frequent 20 % of the behaviours have ${percent(statistics.topFifthShare)} of the events`,
      ],
    ]),
    '',
    'Most frequent behaviours:',
    rankText(statistics),
    '',
    groupsText(statistics),
    '',
    'Events by weekday and local hour:',
    hoursText(statistics.hours),
  ].join('\n')
}

const shownRanks = 15

function rankText({ rankFrequency, events }: Statistics): string {
  const rows = rankFrequency
    .slice(0, shownRanks)
    .map((row, index) => [
      String(index + 1),
      printable(row.name),
      count(row.events),
      percent(row.events / Math.max(1, events)),
    ])
  const more = rankFrequency.length - rows.length
  const shown = table(
    [
      { title: 'rank', align: 'right' },
      { title: 'behaviour' },
      { title: 'events', align: 'right' },
      { title: 'share', align: 'right' },
    ],
    rows,
  )
  return more > 0 ? `${shown}\n... and ${count(more)} more (--json lists all)` : shown
}

function groupsText({ groups }: Statistics): string {
  return (Object.keys(groups) as GroupRule[])
    .map((rule) => {
      const shares = groupNames.map((name) => {
        const { behaviours, events, share } = groups[rule][name]
        return [name, count(behaviours), count(events), percent(share)]
      })
      const columns = ['', 'behaviours', 'events', 'share'].map((title, index) => ({
        title,
        align: index === 0 ? ('left' as const) : ('right' as const),
      }))
      return `Rule ${rule} (${groupRuleDescriptions[rule]}):\n${table(columns, shares)}`
    })
    .join('\n\n')
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function hoursText(hours: readonly (readonly number[])[]): string {
  const columns = Array.from({ length: 24 }, (_, hour) => ({ title: String(hour), align: 'right' as const }))
  return table(
    [{ title: '' }, ...columns],
    hours.map((row, weekday) => [weekdays[weekday], ...row.map((events) => compact(events))]),
  )
}

const compactFormat = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
const compact = (value: number) => compactFormat.format(value)
