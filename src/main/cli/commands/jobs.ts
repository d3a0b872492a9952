import type { ErrorDocument } from '../../../shared/errors.ts'
import type { JobRecord } from '../../../shared/jobs.ts'
import { render } from '../../../shared/phrase.ts'
import * as jobs from '../../procedures/jobs.ts'
import { dateTime, duration, facts, table } from '../format.ts'
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
      return { document, text: document.length === 0 ? 'No jobs yet.' : listText(document) }
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
      return { document, text: showText(document) }
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
      return { document, text: `Asked job ${document.id} (${document.kind}) to stop.` }
    },
  }),
]

function listText(records: readonly JobRecord[]): string {
  const rows = records.map((job) => [
    String(job.id),
    job.kind,
    job.state,
    dateTime(job.startedAt),
    duration((Date.parse(job.finishedAt ?? job.updatedAt) - Date.parse(job.startedAt)) / 1000),
    job.error === null ? progressOf(job) : render(job.error.message).split('\n')[0],
  ])
  const columns = [
    { title: 'job', align: 'right' as const },
    { title: 'kind' },
    { title: 'state' },
    { title: 'started (UTC)' },
    { title: 'took', align: 'right' as const },
    { title: 'progress or error' },
  ]
  const offers = records.flatMap((job) => offer(job) ?? [])
  return [table(columns, rows), ...offers].join('\n')
}

function showText(job: JobRecord): string {
  const lines = facts([
    ['job', String(job.id)],
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
  return [lines, ...[offer(job) ?? []].flat()].join('\n')
}

const errorText = ({ message, hint }: ErrorDocument) =>
  [message, hint].flatMap((said) => (said === undefined ? [] : [render(said)])).join(' ')

/** What to do about a job that did not come to its end. */
function offer(job: JobRecord): string | undefined {
  if (job.state !== 'interrupted' && job.state !== 'paused') return undefined
  if (job.kind !== 'train' && job.kind !== 'resume-training') {
    return `Job ${job.id} (${job.kind}) was ${job.state}: nothing half-written was kept, start it again.`
  }
  const { name, run = name } = job.input as { name?: string; run?: string }
  const subject =
    run === undefined ? 'RUN takes its run up again (behavegpt runs lists it)' : `${run} takes it up again`
  return `Job ${job.id} (${job.kind}) was ${job.state}: behavegpt train --resume ${subject} from the last checkpoint.`
}

/** Where a job stands; how fast and for how long yet, only while it runs. */
function progressOf({ progress, state }: JobRecord): string {
  if (progress === null) return '-'
  if (state === 'running') return progressText({ ...progress, figures: undefined })
  return progressText({ ...progress, figures: undefined, rate: undefined, secondsLeft: undefined })
}
