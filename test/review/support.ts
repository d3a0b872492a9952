import { actOnSequence } from '../../src/main/review/act.ts'
import type { WriteDatabase } from '../../src/main/storage/database.ts'
import { joinReview } from '../../src/main/storage/review-actions.ts'
import {
  insertReviewProject,
  replaceReviewLabels,
  requireReviewProject,
} from '../../src/main/storage/review-projects.ts'
import {
  type LabelDraft,
  labelDrafts,
  type ReviewActionInput,
  type ReviewEvent,
  reviewAction,
} from '../../src/shared/review.ts'

export const minute = 60_000

/** Ids of the labels that `addReview` makes. */
export const odd = 1
export const wrong = 2
export const holiday = 3

const schema: LabelDraft[] = labelDrafts.parse([
  { name: 'odd', scope: 'sequence', key: '1', colour: '#b3261e' },
  { name: 'wrong', scope: 'event', key: '2', colour: '#0b63a5' },
  { name: 'holiday', scope: 'span', key: '3', colour: '#1d7f5c' },
])

export interface SampleSequence {
  user: string
  /** Behaviours in order, a minute apart. */
  behaviours: readonly string[]
  /** Local time of the first one. */
  start?: number
  /** So far its local times are ahead of UTC. Default: not at all. */
  aheadOfUtc?: number
}

/** A project without a computed queue. Sequences of four events when none are given. @returns its id. */
export function addReview(
  database: WriteDatabase,
  {
    name = 'review',
    labels = schema,
    reviewers = ['Ada'],
    sequences = Array.from({ length: 5 }, (_, index) => ({ user: `u${index}`, behaviours: ['a', 'b', 'c', 'd'] })),
  }: { name?: string; labels?: LabelDraft[]; reviewers?: string[]; sequences?: readonly SampleSequence[] } = {},
): number {
  return insertReviewProject(database, {
    name,
    strategy: 'random',
    seed: 1,
    length: 4,
    origin: { dataset: null, source: { id: 1, name: 'log' }, run: null, sequences: 5, candidates: 5 },
    simulated: false,
    labels,
    reviewers,
    sequences: sequences.map(({ user, behaviours, start = 0, aheadOfUtc = 0 }) => ({
      user,
      events: behaviours.map((behaviour, index): ReviewEvent => {
        const time = start + index * minute
        return {
          time,
          instant: time - aheadOfUtc,
          behaviour,
          location: '',
          group: 'head',
          surprise: null,
          rank: null,
          entropy: null,
        }
      }),
      previousTime: null,
      nextTime: null,
      reason: { strategy: 'random', tailEvents: 0, meanEntropy: null, meanSurprise: null, worst: null },
    })),
  })
}

/** A reviewer at work: every step names the version that the last one left. */
export function personAt(
  database: WriteDatabase,
  project: number,
  reviewer: string,
  role: 'reviewer' | 'adjudicator' = 'reviewer',
) {
  let { version } = joinReview(database, project, reviewer, role)
  return {
    does(position: number, action: ReviewActionInput) {
      const outcome = actOnSequence(database, {
        project,
        reviewer,
        version,
        position,
        action: reviewAction.parse(action),
      })
      version = outcome.state.version
      return outcome
    },
    /** Accepts a sequence with labels on it: [label, from, until]. */
    accepts(position: number, ...labels: [number, number, number][]) {
      const placed = labels.map(([label, from, until]) => ({ label, from, until }))
      if (placed.length > 0) this.does(position, { kind: 'add-labels', labels: placed })
      return this.does(position, { kind: 'accept', seconds: 2 })
    },
    get version() {
      return version
    },
  }
}

/** Cohen's kappa from the list of judgements, by the definition; not finite where it is not defined. */
export function naiveKappa(judgements: readonly (readonly [boolean, boolean])[]): number {
  const share = (of: (pair: readonly [boolean, boolean]) => boolean) => judgements.filter(of).length / judgements.length
  const observed = share(([a, b]) => a === b)
  const expected = [true, false]
    .map((value) => share(([a]) => a === value) * share(([, b]) => b === value))
    .reduce((sum, part) => sum + part, 0)
  return (observed - expected) / (1 - expected)
}

/** Changes the schema as an analyst does: takes labels out, adds new ones, brings those back that were taken out. */
export function changeSchema(
  database: WriteDatabase,
  project: number,
  { without = [], added = [], back = [] }: { without?: number[]; added?: LabelDraft[]; back?: number[] },
): void {
  const { labels, schemaVersion } = requireReviewProject(database, project)
  const kept = labels
    .filter(({ id, retired }) => (retired ? back.includes(id) : !without.includes(id)))
    .map(({ retired: _retired, ...draft }) => draft)
  replaceReviewLabels(database, project, schemaVersion, [...kept, ...added])
}

/** The draft of a label that a schema gets later; the first one has the id that is `trip`. */
export const laterLabel: LabelDraft = labelDrafts.parse([
  { name: 'trip', scope: 'span', key: 'T', colour: '#7a49a5' },
])[0]
export const trip = 4
