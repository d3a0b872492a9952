import type { RouteLocation } from 'vue-router'
import { type JobInputDocument, jobSubject, runsOf } from '../../shared/job-titles.ts'
import type { JobRecord } from '../../shared/jobs.ts'
import { isResumable, type RunRecord, type RunStatus } from '../../shared/runs.ts'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const baseName = (path: string) => path.split(/[\\/]/).at(-1) ?? path

/** The run that a training works on, by id or name; undefined while it has neither. */
export function trainedRun({ input }: JobRecord): string | undefined {
  const { name, run } = input as JobInputDocument
  return text(run) ?? text(name)
}

export const isTraining = ({ kind }: JobRecord) => ['train', 'resume-training'].includes(kind)

/** Whether a job trains the run of one of these names (its id, its name). */
export function trains(job: JobRecord, names: readonly (string | undefined)[]): boolean {
  const target = trainedRun(job)
  return isTraining(job) && target !== undefined && names.includes(target)
}

/** What a run does: where a job waits to train it or trains it, that says more than how the run was left. */
export function shownStatus(
  { id, name, status }: Pick<RunRecord, 'id' | 'name' | 'status'>,
  jobs: readonly JobRecord[],
): RunStatus | 'queued' {
  const states = jobs.filter((job) => trains(job, [id, name])).map(({ state }) => state)
  return (['running', 'queued'] as const).find((state) => states.includes(state)) ?? status
}

/**
 * Id of the run that can be taken up again where a training is listed: at the last one of a run, as long as the run itself has not ended.
 * @param jobs newest first.
 */
export function resumableRun(
  job: JobRecord,
  jobs: readonly JobRecord[],
  runs: readonly Pick<RunRecord, 'id' | 'name' | 'status'>[],
): string | undefined {
  const known = trainedRun(job)
  if (!isTraining(job) || ['queued', 'running', 'done'].includes(job.state)) return undefined
  const run = runs.find(({ id, name }) => id === known || name === known)
  if (run === undefined || !isResumable(run.status)) return undefined
  const last = jobs.find((each) => trains(each, [run.id, run.name]))
  return last?.id === job.id ? run.id : undefined
}

/**
 * Address of what came of a job that is done, or of where it can be watched; undefined when there is no such place.
 * @param reviewOf id of the review of a name, as far as it is known.
 */
export function jobPlace(
  job: JobRecord,
  reviewOf: (name: string) => number | undefined = () => undefined,
): string | undefined {
  const subject = jobSubject(job)
  const isDone = job.state === 'done'
  switch (job.kind) {
    case 'import':
    case 'simulate':
      return isDone ? '/logs' : undefined
    case 'doctor':
      return '/doctor'
    case 'build-dataset':
      return isDone && subject !== undefined ? `/datasets/${encodeURIComponent(subject)}` : undefined
    case 'train':
    case 'resume-training': {
      const training = trainedRun(job)
      return training === undefined ? '/runs' : `/train/${encodeURIComponent(training)}`
    }
    case 'score':
      return subject === undefined ? undefined : `/predict/scores?run=${encodeURIComponent(subject)}`
    case 'evaluate':
      return isDone && subject !== undefined ? `/runs/${encodeURIComponent(subject)}` : undefined
    case 'compare': {
      const runs = runsOf(job.input as JobInputDocument)
      return isDone ? `/runs/compare?runs=${runs.map(encodeURIComponent).join(',')}` : undefined
    }
    case 'create-review': {
      if (!isDone) return undefined
      const review = subject === undefined ? undefined : reviewOf(subject)
      return review === undefined ? '/review' : `/review/${review}/overview`
    }
    default:
      return undefined
  }
}

/** Name of the file in `exports` that a job has left there for whoever asked for it on a page. */
export function jobFile({ kind, state, input }: JobRecord): string | undefined {
  const output = text((input as JobInputDocument).output)
  return kind === 'report-page' && state === 'done' && output !== undefined ? baseName(output) : undefined
}

/** Where work is begun and its end is told, by kind. */
const beginnings: Readonly<Record<string, string>> = {
  import: '/logs/import',
  'build-dataset': '/datasets/new',
  compare: '/runs/compare',
  doctor: '/doctor',
  score: '/predict/scores',
  'create-review': '/review/new',
}

/**
 * Whether a page says itself how a job ended.
 * @param nameOf what a person calls the run of an id.
 */
export function tellsOf(
  { path, params }: Pick<RouteLocation, 'path' | 'params'>,
  job: JobRecord,
  nameOf = (id: string) => id,
): boolean {
  if (!isTraining(job)) return beginnings[job.kind] === path
  const watched = path.startsWith('/train/') ? text(params.run) : undefined
  const trained = trainedRun(job)
  return watched !== undefined && trained !== undefined && nameOf(trained) === nameOf(watched)
}
