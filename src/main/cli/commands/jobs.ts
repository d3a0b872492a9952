import type { ErrorDocument } from '../../../shared/errors.ts'
import { jobTitle } from '../../../shared/job-titles.ts'
import type { JobRecord } from '../../../shared/jobs.ts'
import { render } from '../../../shared/phrase.ts'
import type { JobContext } from '../../../shared/progress.ts'
import * as datasets from '../../procedures/datasets.ts'
import * as jobs from '../../procedures/jobs.ts'
import * as runs from '../../procedures/runs.ts'
import type { Workbench } from '../../workbench.ts'
import { dateTime, duration, facts, printable, table } from '../format.ts'
import { progressText } from '../progress-line.ts'
import { command } from '../specification.ts'

export const jobCommands = [
  command({
    name: 'jobs list',
    summary: 'list long work, newest first: running, ended and interrupted',
    description:
      'A job that did not come to its end because its process or its workbench did is shown as interrupted, with what to do next.',
    examples: ['jobs', 'jobs list --limit 100 --json'],
    options: [{ flags: '--limit <n>', description: 'list at most so many', path: 'limit' }],
    input: jobs.list.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(jobs.list, input, context)
      const titleOf = await titles(workbench, context)
      return { document, text: document.length === 0 ? 'No jobs yet.' : listText(document, titleOf) }
    },
  }),
  command({
    name: 'jobs show',
    summary: 'show one job with its input, progress, warnings and error',
    examples: ['jobs show 3'],
    arguments: [{ syntax: '<id>', description: 'number of the job', path: 'id' }],
    input: jobs.show.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(jobs.show, input, context)
      return { document, text: showText(document, await titles(workbench, context)) }
    },
  }),
  command({
    name: 'jobs cancel',
    summary: 'stop a running job of this workspace, whoever started it',
    examples: ['jobs cancel 3'],
    arguments: [{ syntax: '<id>', description: 'number of the job', path: 'id' }],
    input: jobs.cancel.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(jobs.cancel, input, context)
      const titleOf = await titles(workbench, context)
      return { document, text: `Asked job ${document.id} (${titleOf(document)}) to stop.` }
    },
  }),
]

/** What a job does, and to what. */
type TitleOf = (job: JobRecord) => string

/** Says jobs by the names that runs and datasets have now, as pages do. */
async function titles(workbench: Pick<Workbench, 'call'>, context: JobContext): Promise<TitleOf> {
  const names = new Map([
    ...(await workbench.call(runs.list, {}, context)).map(({ id, name }) => [id, name] as const),
    ...(await workbench.call(datasets.list, {}, context)).map(({ id, names }) => [id, names[0] ?? id] as const),
  ])
  return (job) => printable(render(jobTitle(job, (idOrName) => names.get(idOrName) ?? idOrName)))
}

/** Of a title in a table, which the names of many files would push apart. */
const longestTitle = 60
const shortened = (title: string) => (title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title)

function listText(records: readonly JobRecord[], titleOf: TitleOf): string {
  const rows = records.map((job) => [
    String(job.id),
    shortened(titleOf(job)),
    job.state,
    dateTime(job.startedAt),
    duration((Date.parse(job.finishedAt ?? job.updatedAt) - Date.parse(job.startedAt)) / 1000),
    job.error === null ? progressOf(job) : render(job.error.message).split('\n')[0],
  ])
  const columns = [
    { title: 'job', align: 'right' as const },
    { title: 'what' },
    { title: 'state' },
    { title: 'started (UTC)' },
    { title: 'took', align: 'right' as const },
    { title: 'progress or error' },
  ]
  const offers = records.flatMap((job) => offer(job, titleOf) ?? [])
  return [table(columns, rows), ...offers].join('\n')
}

function showText(job: JobRecord, titleOf: TitleOf): string {
  const lines = facts([
    ['job', String(job.id)],
    ['what', titleOf(job)],
    ['kind', job.kind],
    ['state', job.state],
    ['process', String(job.pid)],
    ['started', `${dateTime(job.startedAt)} UTC`],
    ['last heard of', `${dateTime(job.updatedAt)} UTC`],
    ['progress', progressOf(job)],
    ['warnings', job.warnings.length === 0 ? 'none' : job.warnings.map((warning) => render(warning)).join('\n')],
    ['error', job.error === null ? 'none' : errorText(job.error)],
    ['input', JSON.stringify(job.input)],
  ])
  return [lines, ...[offer(job, titleOf) ?? []].flat()].join('\n')
}

const errorText = ({ message, hint }: ErrorDocument) =>
  [message, hint].flatMap((said) => (said === undefined ? [] : [render(said)])).join(' ')

/** What to do about a job that did not come to its end. */
function offer(job: JobRecord, titleOf: TitleOf): string | undefined {
  if (job.state !== 'interrupted' && job.state !== 'paused') return undefined
  if (job.kind !== 'train' && job.kind !== 'resume-training') {
    return `Job ${job.id} (${titleOf(job)}) was ${job.state}: nothing half-written was kept, start it again.`
  }
  const { name, run = name } = job.input as { name?: string; run?: string }
  const subject =
    run === undefined ? 'RUN takes its run up again (behavegpt runs lists it)' : `${run} takes it up again`
  return `Job ${job.id} (${titleOf(job)}) was ${job.state}: behavegpt train --resume ${subject} from the last checkpoint.`
}

/** Where a job stands; how fast and for how long yet, only while it runs. */
function progressOf({ progress, state }: JobRecord): string {
  if (progress === null) return '-'
  if (state === 'running') return progressText({ ...progress, figures: undefined })
  return progressText({ ...progress, figures: undefined, rate: undefined, secondsLeft: undefined })
}
