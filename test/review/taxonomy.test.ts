import { expect, test, vi } from 'vitest'
import { Random } from '../../src/main/dataset/random.ts'
import type { ReadDatabase, WriteDatabase } from '../../src/main/storage/database.ts'
import { readDecisions } from '../../src/main/storage/review-decisions.ts'
import {
  readLabelsOfVersions,
  readReviewSequence,
  requireReviewProject,
} from '../../src/main/storage/review-projects.ts'
import { reviewTaxonomy } from '../../src/main/storage/review-taxonomy.ts'
import { countingDecisions, labelDrafts } from '../../src/shared/review.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, changeSchema, personAt } from './support.ts'

const draft = (name: string, key: string, behaviour?: string) =>
  labelDrafts.parse([{ name, scope: 'event', key, colour: '#b3261e', behaviour }])

/** Three people and an adjudicator label at random, while two labels come and one goes. @returns the project. */
function randomReview(database: WriteDatabase, seed: number): number {
  const random = new Random(seed)
  const one = <Value>(values: readonly Value[]) => values[Math.floor(random.uniform() * values.length)]
  const sequences = Array.from({ length: 12 }, (_, index) => ({
    user: `u${index}`,
    behaviours: Array.from({ length: 6 }, () => one(['a', 'b', 'c', 'd', 'e'])),
  }))
  const project = addReview(database, {
    name: `review ${seed}`,
    labels: [...draft('x', '1', 'x'), ...draft('odd', '2'), ...draft('a', '3', 'a')],
    sequences,
  })
  for (const [round, change] of [
    {},
    { added: draft('y', '4', 'y') },
    { without: [1], added: draft('also y', '5', 'y') },
  ].entries()) {
    changeSchema(database, project, change)
    const known = requireReviewProject(database, project).labels.filter(({ retired }) => !retired)
    for (const name of ['Ada', 'Ben', 'Cora']) {
      const person = personAt(database, project, name, name === 'Cora' ? 'adjudicator' : 'reviewer')
      for (const position of sequences.keys()) {
        if (random.uniform() < (name === 'Cora' ? 0.9 : 0.4)) continue
        const placed = [0, 1, 2, 3, 4, 5].filter(() => random.uniform() < 0.2 + round / 10)
        person.accepts(position, ...placed.map((event): [number, number, number] => [one(known).id, event, event]))
      }
    }
  }
  return project
}

/** The definition, word by word: the labels that anybody gave a behaviour first, then every event's vote. */
function byDefinition(database: ReadDatabase, project: number) {
  const versions = readLabelsOfVersions(database, project)
  const nameOf = new Map(requireReviewProject(database, project).labels.map(({ id, behaviour }) => [id, behaviour]))
  const decisions = [...Map.groupBy(readDecisions(database, project), ({ position }) => position).values()].flatMap(
    (all) => countingDecisions(all),
  )
  const judged = decisions.flatMap(({ position, decision, acceptedUnder }) =>
    readReviewSequence(database, project, position).events.map(({ behaviour }, event) => ({
      behaviour,
      labels: decision.labels.filter(({ label, from }) => from === event && nameOf.get(label) !== null),
      known: versions.get(acceptedUnder)!,
    })),
  )
  const rules: unknown[] = []
  const tied: string[] = []
  const kept: string[] = []
  for (const behaviour of [...new Set(judged.map((each) => each.behaviour))].sort()) {
    const own = judged.filter((each) => each.behaviour === behaviour)
    const given = new Set(own.flatMap(({ labels }) => labels.map(({ label }) => label)))
    if (given.size === 0) continue
    const votes = own.flatMap(({ labels, known }) => {
      if (labels.length > 0) return labels.map(({ label }) => nameOf.get(label)!)
      return given.isSubsetOf(known) ? [behaviour] : []
    })
    const counts = [...Map.groupBy(votes, (name) => name)].map(([name, same]) => [name, same.length] as const)
    const most = Math.max(...counts.map(([, count]) => count))
    const winners = counts.filter(([, count]) => count === most)
    if (winners.length > 1) tied.push(behaviour)
    else if (winners[0][0] === behaviour) kept.push(behaviour)
    else rules.push({ behaviour, name: winners[0][0], votes: most, ofVotes: votes.length })
  }
  return { decisions: decisions.length, rules, tied, kept }
}

test('the names that behaviours get are those of the definition, whatever was labelled under whichever labels', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const found = { rules: 0, tied: 0, kept: 0 }
  for (let seed = 1; seed <= 5; seed++) {
    const project = randomReview(database, seed)
    const taxonomy = reviewTaxonomy(database, project)
    expect(taxonomy).toMatchObject(byDefinition(database, project))
    for (const outcome of ['rules', 'tied', 'kept'] as const) found[outcome] += taxonomy[outcome].length
  }
  for (const count of Object.values(found)) expect(count).toBeGreaterThan(0)
})

test('a taxonomy says of which review it is, under which labels, and how many decisions and votes it rests on', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const sequences = ['u', 'v'].map((user) => ({ user, behaviours: ['tea', 'tea', 'walk'] }))
  const project = addReview(database, { name: 'names', labels: draft('really chat', '1', 'chat'), sequences })
  changeSchema(database, project, { added: draft('odd', '2') })
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0, [1, 0, 0], [1, 1, 1])
  ada.accepts(1, [1, 0, 0])
  expect(reviewTaxonomy(database, project)).toEqual({
    review: { id: project, name: 'names' },
    schemaVersion: 2,
    decisions: 2,
    votes: 4,
    rules: [{ behaviour: 'tea', name: 'chat', votes: 3, ofVotes: 4 }],
    tied: [],
    kept: [],
  })
})

test('each sequence is read once, and only where somebody decided', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { labels: draft('really chat', '1', 'chat') })
  const ada = personAt(database, project, 'Ada')
  for (const position of [0, 1, 3]) ada.accepts(position, [1, 0, 0])
  personAt(database, project, 'Ben').accepts(0)
  const query = vi.spyOn(database, 'query')
  reviewTaxonomy(database, project)
  expect(query.mock.calls.filter(([sql]) => sql.includes('SELECT content FROM review_sequences'))).toHaveLength(3)
})

test('what was accepted before there was a label for another name does not say that the name is right', async () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const labels = labelDrafts.parse([{ name: 'odd', scope: 'event', key: '2', colour: '#b3261e' }])
  const sequences = ['u', 'v', 'w'].map((user) => ({ user, behaviours: ['coffee', 'coffee', 'tea', 'walk'] }))
  const project = addReview(database, { labels, sequences })
  const before = personAt(database, project, 'Ada')
  for (const position of [0, 1]) before.accepts(position)
  const added = labelDrafts.parse([
    { name: 'really chat', scope: 'event', key: '1', colour: '#b3261e', behaviour: 'chat' },
  ])
  changeSchema(database, project, { added })
  const chat = 2
  personAt(database, project, 'Ada').accepts(2, [chat, 0, 0], [chat, 1, 1], [chat, 2, 2])
  expect(reviewTaxonomy(database, project)).toMatchObject({
    rules: [
      { behaviour: 'coffee', name: 'chat', votes: 2, ofVotes: 2 },
      { behaviour: 'tea', name: 'chat', votes: 1, ofVotes: 1 },
    ],
    tied: [],
    kept: [],
  })
  // Accepted again without the label, they do.
  const again = personAt(database, project, 'Ada')
  for (const position of [0, 1]) again.accepts(position)
  expect(reviewTaxonomy(database, project)).toMatchObject({ rules: [], tied: [], kept: ['coffee', 'tea'] })
})
