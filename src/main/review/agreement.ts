import {
  type Decision,
  type Disagreement,
  type LabelAgreement,
  namedPositions,
  type PairAgreement,
  type PlacedLabel,
  type ReviewAgreement,
  type ReviewLabel,
} from '../../shared/review.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { disagreeingPositions, readDecisions } from '../storage/review-decisions.ts'
import { readLabelsOfVersions, requireReviewProject, sequenceLengths } from '../storage/review-projects.ts'

/** Two raters' yes and no on the same units: both, only the first, only the second, neither. */
export interface Contingency {
  both: number
  onlyFirst: number
  onlySecond: number
  neither: number
}

/**
 * Cohen's kappa (1960) of two raters' yes and no: (p_o - p_e) / (1 - p_e) with the observed agreement p_o and the agreement p_e expected
 * by chance from each rater's own shares. Null where it is not defined: without units, and where p_e = 1, that is both always say the same one thing.
 */
export function cohensKappa({ both, onlyFirst, onlySecond, neither }: Contingency): number | null {
  const units = both + onlyFirst + onlySecond + neither
  if (units === 0) return null
  const first = both + onlyFirst
  const second = both + onlySecond
  // In whole numbers, times units squared: rounding must not hide that chance agreement is certain.
  const expected = first * second + (units - first) * (units - second)
  if (expected === units * units) return null
  return (units * (both + neither) - expected) / (units * units - expected)
}

/** Share of the units on which both say the same; null without units. */
export function rawAgreement({ both, onlyFirst, onlySecond, neither }: Contingency): number | null {
  const units = both + onlyFirst + onlySecond + neither
  return units === 0 ? null : (both + neither) / units
}

/** A sequence that a reviewer accepted. */
interface Judgement {
  position: number
  reviewer: string
  decision: Decision
  /** The labels that there were then. Of any other one the reviewer has said nothing, also where it lies: what was put there earlier could only be taken off. */
  known: ReadonlySet<number>
}

/**
 * Agreement of every two reviewers on what both accepted, and the sequences on which reviewers differ. For a label those sequences count that both
 * accepted while it was in the schema: to leave out a label that there is not is no judgement. Another name or description is the same label, and
 * what a label is put on never changes. @throws WorkbenchError `not-found`.
 */
export function reviewAgreement(database: ReadDatabase, project: number): ReviewAgreement {
  return database.snapshot(() => {
    const { labels } = requireReviewProject(database, project)
    const lengths = sequenceLengths(database, project)
    const accepted = judgements(database, project)
    const reviewers = [...new Set(accepted.map(({ reviewer }) => reviewer))].sort()
    const pairs = reviewers.flatMap((first, index) =>
      reviewers.slice(index + 1).map((second) => agreementOfPair(first, second, accepted, labels, lengths)),
    )
    return { pairs, disagreements: disagreementsOf(database, project, accepted) }
  })
}

function judgements(database: ReadDatabase, project: number): Judgement[] {
  const versions = readLabelsOfVersions(database, project)
  return readDecisions(database, project)
    .filter(({ role, decision }) => role === 'reviewer' && decision.state === 'accepted')
    .map(({ acceptedUnder, ...each }) => ({ ...each, known: versions.get(acceptedUnder) ?? new Set() }))
}

function agreementOfPair(
  first: string,
  second: string,
  accepted: readonly Judgement[],
  labels: readonly ReviewLabel[],
  lengths: readonly number[],
): PairAgreement {
  const seconds = new Map(
    accepted.filter(({ reviewer }) => reviewer === second).map((judgement) => [judgement.position, judgement]),
  )
  const common = accepted.flatMap((own): CommonSequence[] => {
    const other = seconds.get(own.position)
    if (own.reviewer !== first || other === undefined) return []
    return [{ events: lengths[own.position], first: own, second: other }]
  })
  const used = new Set(
    common.flatMap(({ first, second }) =>
      [first, second].flatMap((each) => each.decision.labels.map(({ label }) => label)),
    ),
  )
  return {
    first,
    second,
    sequences: common.length,
    labels: [
      ...labels.filter(({ id, retired }) => !retired || used.has(id)).map((label) => describe(label, common)),
      describe(null, common),
    ],
  }
}

interface CommonSequence {
  events: number
  first: Judgement
  second: Judgement
}

/** Counts sequences for a label of sequences and for the flag (null), events for a label of events or spans. */
function tally(common: readonly CommonSequence[], label: ReviewLabel | null): Contingency {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 }
  const add = (inFirst: boolean, inSecond: boolean) => {
    counts[inFirst ? (inSecond ? 'both' : 'onlyFirst') : inSecond ? 'onlySecond' : 'neither']++
  }
  for (const { events, ...each } of common) {
    const [first, second] = [each.first.decision, each.second.decision]
    if (label === null) add(first.flagged, second.flagged)
    else if (label.scope === 'sequence') add(has(first.labels, label.id), has(second.labels, label.id))
    else {
      const [inFirst, inSecond] = [covered(first.labels, label.id, events), covered(second.labels, label.id, events)]
      for (let event = 0; event < events; event++) add(inFirst[event] === 1, inSecond[event] === 1)
    }
  }
  return counts
}

const has = (labels: readonly PlacedLabel[], id: number) => labels.some(({ label }) => label === id)

/** 1 for each event that lies under the label: [events]. */
function covered(labels: readonly PlacedLabel[], id: number, events: number): Uint8Array {
  const under = new Uint8Array(events)
  for (const { label, from, until } of labels) if (label === id) under.fill(1, from, until + 1)
  return under
}

/** The flag (null) was always there. */
function describe(label: ReviewLabel | null, common: readonly CommonSequence[]): LabelAgreement {
  const isCounted = ({ first, second }: CommonSequence) =>
    label === null || (first.known.has(label.id) && second.known.has(label.id))
  const leftOut = common.filter((each) => !isCounted(each)).map(({ first }) => first.position)
  const counts = tally(common.filter(isCounted), label)
  return {
    label: label?.id ?? null,
    units: counts.both + counts.onlyFirst + counts.onlySecond + counts.neither,
    leftOut: leftOut.length,
    leftOutFirst: leftOut.slice(0, namedPositions),
    ...counts,
    agreement: rawAgreement(counts),
    kappa: cohensKappa(counts),
  }
}

function disagreementsOf(database: ReadDatabase, project: number, accepted: readonly Judgement[]): Disagreement[] {
  const byPosition = Map.groupBy(accepted, ({ position }) => position)
  return disagreeingPositions(database, project).map(({ position, adjudicator }) => {
    const said = byPosition.get(position) ?? []
    return { position, reviewers: said.map(({ reviewer }) => reviewer), labels: differing(said), adjudicator }
  })
}

/** Labels and the flag (null) that not everybody put in the same places, of those who had the label. */
function differing(said: readonly Judgement[]): (number | null)[] {
  const ids = new Set(said.flatMap(({ decision }) => decision.labels.map(({ label }) => label)))
  const placesOf = (decision: Decision, id: number) =>
    JSON.stringify(decision.labels.filter(({ label }) => label === id))
  const labels: (number | null)[] = [...ids]
    .sort((a, b) => a - b)
    .filter((id) => {
      const places = said.filter(({ known }) => known.has(id)).map(({ decision }) => placesOf(decision, id))
      return new Set(places).size > 1
    })
  if (new Set(said.map(({ decision }) => decision.flagged)).size > 1) labels.push(null)
  return labels
}
