import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type {
  ActionOutcome,
  PlacedLabel,
  ReviewAction,
  ReviewerRole,
  ReviewItem,
  ReviewLabel,
} from '../../shared/review.ts'
import { scopeWords } from '../../shared/review.ts'
import type { ReadDatabase, WriteDatabase } from '../storage/database.ts'
import { appendAction, type ReviewStep, reviewerState } from '../storage/review-actions.ts'
import { readDecision, readDecisionsOn } from '../storage/review-decisions.ts'
import { readReviewLabels, readReviewSequence } from '../storage/review-projects.ts'

/** A sequence with what the person may see: a reviewer nothing of the others, so that their agreement means something. @throws WorkbenchError `not-found`. */
export function readReviewItem(
  database: ReadDatabase,
  { project, reviewer, position }: { project: number; reviewer: string; position: number },
): ReviewItem {
  return database.snapshot(() => {
    const { role } = reviewerState(database, project, reviewer)
    const others = role === 'reviewer' ? [] : readDecisionsOn(database, project, position)
    return {
      sequence: readReviewSequence(database, project, position),
      decision: readDecision(database, project, position, reviewer),
      others: others
        .filter((other) => other.role === 'reviewer' && other.decision.state === 'accepted')
        .map((other) => ({ reviewer: other.reviewer, decision: other.decision })),
    }
  })
}

/**
 * Does what a reviewer wants and stores it at once.
 * @throws WorkbenchError `usage` for a label that the schema does not have or that does not fit its place, `conflict` when the version is another
 * one, `not-found`.
 */
export function actOnSequence(
  database: WriteDatabase,
  step: ReviewStep & { position: number; action: ReviewAction },
): ActionOutcome {
  const { project, position, action } = step
  return appendAction(database, step, (role) => {
    const { events } = readReviewSequence(database, project, position)
    if (action.kind === 'add-labels' || action.kind === 'adopt') {
      const labels = readReviewLabels(database, project)
      if (action.kind === 'adopt') refuseAdoption(role, action.labels, labels, events.length)
      else for (const placed of action.labels) refuseUnfit(placed, labels, events.length)
    }
  })
}

function refuseUnfit({ label: id, from, until }: PlacedLabel, labels: readonly ReviewLabel[], events: number): void {
  const label = labels.find((each) => each.id === id)
  if (label === undefined || label.retired) {
    const known = labels.filter(({ retired }) => !retired).map(({ name }) => name)
    throw new WorkbenchError(
      'usage',
      label === undefined
        ? phrase`The schema has no label ${String(id)}.`
        : phrase`The label "${label.name}" was taken out of the schema.`,
      known.length === 0 ? phrase`Add labels to the schema first.` : phrase`Labels: ${known}.`,
    )
  }
  refusePlace(label, from, until, events)
}

function refusePlace(label: ReviewLabel, from: number, until: number, events: number): void {
  const fits = {
    sequence: from === 0 && until === events - 1,
    event: from === until && until < events,
    span: from <= until && until < events,
  }
  if (fits[label.scope]) return
  throw new WorkbenchError(
    'usage',
    phrase`The label "${label.name}" is for ${scopeWords[label.scope]} and cannot stand on events ${from + 1} to ${until + 1} of ${events}.`,
  )
}

/** Taking over what reviewers said includes labels that were retired since. */
function refuseAdoption(
  role: ReviewerRole,
  adopted: readonly PlacedLabel[],
  labels: readonly ReviewLabel[],
  events: number,
): void {
  if (role !== 'adjudicator') {
    throw new WorkbenchError('usage', phrase`Only who decides between reviewers takes over what they said.`)
  }
  for (const { label: id, from, until } of adopted) {
    const label = labels.find((each) => each.id === id)
    if (label === undefined) throw new WorkbenchError('usage', phrase`The schema has no label ${String(id)}.`)
    refusePlace(label, from, until, events)
  }
}
