import type { ReviewExclusion } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { countingDecisions, type ReviewLabel } from '../../shared/review.ts'
import type { ReadDatabase } from './database.ts'
import { readDecisions, type StoredDecision } from './review-decisions.ts'
import { findReviewProject, readReviewSequence, requireReviewProject } from './review-projects.ts'

/** An event that a review leaves out. User, instant, behaviour and place name exactly one event of a log without repetitions. */
export interface ExcludedEvent {
  user: string
  /** Milliseconds since 1970, UTC. */
  instant: number
  behaviour: string
  location: string
}

/**
 * The events that reviews leave out, each once, ordered by user, instant, behaviour and place.
 *
 * An adjudicated sequence is what the adjudicator said. Of the others, a flag counts when anybody set it, done or not, and a label when anybody
 * accepted the sequence with it. A flag and a label of a sequence leave out all its events, a label of an event or span only those that it is on.
 * @throws WorkbenchError `not-found` for an unknown review or label.
 */
export function excludedEvents(database: ReadDatabase, exclusions: readonly ReviewExclusion[]): ExcludedEvent[] {
  return database.snapshot(() => {
    const found = new Map<string, ExcludedEvent>()
    for (const exclusion of exclusions) {
      for (const event of eventsOf(database, exclusion)) {
        found.set(JSON.stringify([event.user, event.instant, event.behaviour, event.location]), event)
      }
    }
    return [...found.values()].sort(
      (a, b) =>
        compare(a.user, b.user) ||
        a.instant - b.instant ||
        compare(a.behaviour, b.behaviour) ||
        compare(a.location, b.location),
    )
  })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function* eventsOf(database: ReadDatabase, exclusion: ReviewExclusion): Generator<ExcludedEvent> {
  const project = findReviewProject(database, exclusion.project)
  const labels = labelsNamed(requireReviewProject(database, project), exclusion.labels)
  for (const [position, decisions] of byPosition(readDecisions(database, project))) {
    const stretches = stretchesOf(decisions, exclusion.flagged, labels)
    if (stretches.length === 0) continue
    const { user, events } = readReviewSequence(database, project, position)
    for (const [index, { instant, behaviour, location }] of events.entries()) {
      if (stretches.some(([from, until]) => from <= index && index <= until)) {
        yield { user, instant, behaviour, location }
      }
    }
  }
}

function labelsNamed(
  { name: project, labels }: { name: string; labels: readonly ReviewLabel[] },
  names: readonly string[],
): Map<number, ReviewLabel> {
  const named = names.flatMap((name) => {
    const found = labels.filter((label) => label.name === name)
    if (found.length > 0) return found
    throw new WorkbenchError(
      'not-found',
      phrase`The review "${project}" has no label "${name}".`,
      phrase`Labels: ${labels.map((label) => label.name)}.`,
    )
  })
  return new Map(named.map((label) => [label.id, label]))
}

function byPosition(decisions: readonly StoredDecision[]): Map<number, StoredDecision[]> {
  const positions = new Map<number, StoredDecision[]>()
  for (const decision of decisions) {
    const others = positions.get(decision.position)
    if (others === undefined) positions.set(decision.position, [decision])
    else others.push(decision)
  }
  return positions
}

/** Stretches of events (both ends included) that the decisions on one sequence leave out. */
function stretchesOf(
  decisions: readonly StoredDecision[],
  flagged: boolean,
  labels: ReadonlyMap<number, ReviewLabel>,
): [number, number][] {
  const everything: [number, number] = [0, Number.POSITIVE_INFINITY]
  const counting = countingDecisions(decisions)
  const isAdjudicated = counting.some(({ role }) => role === 'adjudicator')
  const flagging = isAdjudicated ? counting : decisions.filter(({ role }) => role === 'reviewer')
  if (flagged && flagging.some(({ decision }) => decision.flagged)) return [everything]
  return counting.flatMap(({ decision }) =>
    decision.labels.flatMap(({ label, from, until }) => {
      const scope = labels.get(label)?.scope
      if (scope === undefined) return []
      return [scope === 'sequence' ? everything : ([from, until] satisfies [number, number])]
    }),
  )
}
