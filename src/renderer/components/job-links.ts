import type { JobRecord } from '../../shared/jobs.ts'

type Input = Record<string, unknown>

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const list = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [])
const baseName = (path: string) => path.split(/[\\/]/).at(-1) ?? path

/** What a job works on, by name: the source, dataset or run; undefined when it has no one subject. */
export function jobSubject({ kind, input }: JobRecord): string | undefined {
  const given = input as Input
  // A review has a name of its own besides what it is made from.
  if (kind === 'create-review') return text(given.name)
  const runs = list(given.runs).join(', ')
  return (
    text(given.run) ??
    text(given.name) ??
    text(given.source) ??
    text(given.dataset) ??
    text(list(given.files).map(baseName).join(', ')) ??
    text(runs)
  )
}

/** Address of what came of a job that is done, or of where it can be watched; undefined when there is no such place. */
export function jobPlace(job: JobRecord): string | undefined {
  const subject = jobSubject(job)
  const isDone = job.state === 'done'
  switch (job.kind) {
    case 'import':
    case 'simulate':
      return isDone ? '/logs' : undefined
    case 'build-dataset':
      return isDone && subject !== undefined ? `/datasets/${encodeURIComponent(subject)}` : undefined
    case 'train':
    case 'resume-training': {
      const { name, run } = job.input as Input
      const training = text(run) ?? text(name)
      return training === undefined ? '/runs' : `/train/${encodeURIComponent(training)}`
    }
    case 'score':
      return subject === undefined ? undefined : `/predict/scores?run=${encodeURIComponent(subject)}`
    case 'evaluate':
      return isDone && subject !== undefined ? `/runs/${encodeURIComponent(subject)}` : undefined
    case 'compare': {
      const runs = list((job.input as Input).runs)
      return isDone ? `/runs/compare?runs=${runs.map(encodeURIComponent).join(',')}` : undefined
    }
    case 'create-review':
      return isDone ? '/review' : undefined
    default:
      return undefined
  }
}
