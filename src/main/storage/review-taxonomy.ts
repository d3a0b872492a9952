import { countingDecisions, type ReviewSequence } from '../../shared/review.ts'
import type { ReviewTaxonomy } from '../../shared/taxonomy.ts'
import type { ReadDatabase } from './database.ts'
import { readDecisions } from './review-decisions.ts'
import { readLabelsOfVersions, readReviewSequence, requireReviewProject } from './review-projects.ts'

/** What accepted sequences say of the events of one behaviour. */
interface Tally {
  /** Labels that name a behaviour, and how often each was put on. */
  given: Map<number, number>
  /** Events without such a label, by the version of the schema that their sequence was accepted under. */
  without: Map<number, number>
}

const addOne = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1)

/**
 * What behaviours are really called, by the labels of events that name a behaviour: each behaviour gets the name that most of its events in
 * accepted sequences were given. An event without such a label says that the name is right, where the sequence was accepted with every label in the schema
 * that anybody gave this behaviour: who could not say that it is something else has not said that it is not. Adjudicated sequences count as adjudicated,
 * others once per reviewer.
 * @throws WorkbenchError `not-found`.
 */
export function reviewTaxonomy(database: ReadDatabase, project: number): ReviewTaxonomy {
  return database.snapshot(() => {
    const { name, schemaVersion, labels } = requireReviewProject(database, project)
    const named = new Map(labels.flatMap(({ id, behaviour }) => (behaviour === null ? [] : [[id, behaviour] as const])))
    const { decisions, tallies } = tally(database, project, named)
    const versions = readLabelsOfVersions(database, project)
    const taxonomy: ReviewTaxonomy = {
      review: { id: project, name },
      schemaVersion,
      decisions,
      votes: 0,
      rules: [],
      tied: [],
      kept: [],
    }
    for (const [behaviour, own] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (own.given.size === 0) continue
      const ranked = [...votesOf(behaviour, own, named, versions)].sort(([, a], [, b]) => b - a)
      const [first, second] = ranked
      const ofVotes = ranked.reduce((sum, [, votes]) => sum + votes, 0)
      taxonomy.votes += ofVotes
      if (first[1] === second?.[1]) taxonomy.tied.push(behaviour)
      else if (first[0] === behaviour) taxonomy.kept.push(behaviour)
      else taxonomy.rules.push({ behaviour, name: first[0], votes: first[1], ofVotes })
    }
    return taxonomy
  })
}

/** Reads each sequence once and keeps none: which labels have to have been there is only known in the end, so what has no label is counted by version. */
function tally(database: ReadDatabase, project: number, named: ReadonlyMap<number, string>) {
  const tallies = new Map<string, Tally>()
  let decisions = 0
  for (const [position, all] of Map.groupBy(readDecisions(database, project), (each) => each.position)) {
    const counting = countingDecisions(all)
    if (counting.length === 0) continue
    decisions += counting.length
    const { events } = readReviewSequence(database, project, position)
    for (const { decision, acceptedUnder } of counting) {
      const labels = decision.labels.filter(({ label }) => named.has(label))
      for (const { label, from } of labels) addOne(tallyOf(tallies, events, from).given, label)
      const renamed = new Set(labels.map(({ from }) => from))
      for (const index of events.keys()) {
        if (!renamed.has(index)) addOne(tallyOf(tallies, events, index).without, acceptedUnder)
      }
    }
  }
  return { decisions, tallies }
}

function tallyOf(tallies: Map<string, Tally>, events: ReviewSequence['events'], index: number): Tally {
  const { behaviour } = events[index]
  const known = tallies.get(behaviour)
  if (known !== undefined) return known
  const made = { given: new Map(), without: new Map() }
  tallies.set(behaviour, made)
  return made
}

/** Votes by name, the behaviour's own among them. */
function votesOf(
  behaviour: string,
  { given, without }: Tally,
  named: ReadonlyMap<number, string>,
  versions: ReadonlyMap<number, ReadonlySet<number>>,
): Map<string, number> {
  const votes = new Map<string, number>()
  const add = (name: string, count: number) => votes.set(name, (votes.get(name) ?? 0) + count)
  for (const [label, count] of given) add(named.get(label)!, count)
  const labels = new Set(given.keys())
  for (const [version, count] of without) {
    if (labels.isSubsetOf(versions.get(version) ?? new Set())) add(behaviour, count)
  }
  return votes
}
