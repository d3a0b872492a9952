import type { JobRecord } from './jobs.ts'
import { type Phrase, phrase, verbatim } from './phrase.ts'

/** What a job is given, as far as it names something. */
export type JobInputDocument = Record<string, unknown>
/** What a person calls the run or dataset of an id. */
export type NameOf = (idOrName: string) => string

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const list = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [])
const baseName = (path: string) => path.split(/[\\/]/).at(-1) ?? path

/** Runs that a job is given, by id or name, each alone or with how it is looked at. */
export const runsOf = ({ runs }: JobInputDocument): string[] =>
  list(
    Array.isArray(runs) ? runs.map((each) => (typeof each === 'string' ? each : (each as JobInputDocument)?.run)) : [],
  )

/** What a job works on: the source, dataset or run, by id or name as it was asked for; undefined when it has no one subject. */
export function jobSubject(
  { kind, input }: Pick<JobRecord, 'kind' | 'input'>,
  nameOf: NameOf = (id) => id,
): string | undefined {
  const given = input as JobInputDocument
  // A review has a name of its own besides what it is made from.
  if (kind === 'create-review') return text(given.name)
  const named = (value: unknown) => {
    const id = text(value)
    return id === undefined ? undefined : nameOf(id)
  }
  return (
    named(given.run) ??
    text(given.name) ??
    text(given.source) ??
    named(given.dataset) ??
    text(list(given.files).map(baseName).join(', ')) ??
    text(list(given.sources).join(', ')) ??
    text(runsOf(given).map(nameOf).join(', '))
  )
}

/** Titles of the kinds that a workspace lists: of a job with one subject, and of one without. */
const titles: Readonly<Record<string, readonly [(subject: string) => Phrase, Phrase]>> = {
  import: [(subject) => phrase`Import of ${subject}`, phrase`Import`],
  simulate: [(subject) => phrase`Simulation of the log ${subject}`, phrase`Simulation of a log`],
  'remove-source': [(subject) => phrase`Removal of the source ${subject}`, phrase`Removal of a source`],
  'export-events': [(subject) => phrase`Export of the events of ${subject}`, phrase`Export of events`],
  'build-dataset': [(subject) => phrase`Build of the dataset ${subject}`, phrase`Build of a dataset`],
  'remove-dataset': [(subject) => phrase`Removal of the dataset ${subject}`, phrase`Removal of a dataset`],
  train: [(subject) => phrase`Training ${subject}`, phrase`Training`],
  'resume-training': [(subject) => phrase`Training ${subject}, resumed`, phrase`Training, resumed`],
  'remove-run': [(subject) => phrase`Removal of the run ${subject}`, phrase`Removal of a run`],
  doctor: [(subject) => phrase`Check of the devices ${subject}`, phrase`Check of the devices`],
  evaluate: [(subject) => phrase`Evaluation of ${subject}`, phrase`Evaluation`],
  compare: [(subject) => phrase`Comparison of ${subject}`, phrase`Comparison`],
  report: [(subject) => phrase`Report on ${subject}`, phrase`Report`],
  'report-page': [(subject) => phrase`Report page on ${subject}`, phrase`Report page`],
  score: [(subject) => phrase`Batch scoring with ${subject}`, phrase`Batch scoring`],
  export: [(subject) => phrase`Export of the model ${subject}`, phrase`Export of a model`],
  'create-review': [(subject) => phrase`Queue of the review ${subject}`, phrase`Queue of a review`],
}

/** Names of many files would push away everything else that a line says. */
const longestSubject = 200

/** What a job does, and to what: `Training ce-2 on the dataset phones`. One of a kind that this version does not know is said by its name. */
export function jobTitle(
  { kind, input }: Pick<JobRecord, 'kind' | 'input'>,
  nameOf: NameOf = (idOrName) => idOrName,
): Phrase {
  const subject = jobSubject({ kind, input }, nameOf)?.slice(0, longestSubject)
  const [named, unnamed] = titles[kind] ?? [(name: string) => phrase`${kind} ${name}`, verbatim(kind)]
  if (subject === undefined) return unnamed
  const { name, dataset, objective } = input as JobInputDocument
  const trainedOn = kind === 'train' ? text(dataset) : undefined
  if (trainedOn === undefined) return named(subject)
  const on = nameOf(trainedOn)
  if (text(name) !== undefined) return phrase`Training ${subject} on the dataset ${on}`
  // A training is named when it begins, if nobody has named it: two on one dataset differ by what they minimise.
  const minimised = text((objective as JobInputDocument | undefined)?.name)
  return minimised === undefined
    ? phrase`Training on the dataset ${on}`
    : phrase`Training with ${minimised} on the dataset ${on}`
}
