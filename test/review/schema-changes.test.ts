import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reviewAgreement } from '../../src/main/review/agreement.ts'
import type { WriteDatabase } from '../../src/main/storage/database.ts'
import { redoAction, reviewerState, undoAction } from '../../src/main/storage/review-actions.ts'
import { readQueue } from '../../src/main/storage/review-decisions.ts'
import { replaceReviewLabels, requireReviewProject } from '../../src/main/storage/review-projects.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, changeSchema, holiday, laterLabel, naiveKappa, odd, personAt, trip, wrong } from './support.ts'

/*
 * Reviewers accept sequences while an analyst changes the labels. Of a label that was not there when a reviewer accepted a sequence they have said nothing.
 */

const onlyPair = (database: WriteDatabase, project: number) => reviewAgreement(database, project).pairs[0]
const labelOf = (database: WriteDatabase, project: number, id: number) =>
  onlyPair(database, project).labels.find(({ label }) => label === id)!

test('a label counts from when it is there: what one of two accepted before is left out until they accept it again', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  const ada = personAt(database, project, 'Ada')
  for (const position of [0, 1, 2]) ada.accepts(position, [odd, 0, 3])
  changeSchema(database, project, { added: [laterLabel] })
  const ben = personAt(database, project, 'Ben')
  ben.accepts(0, [odd, 0, 3], [trip, 0, 1])
  ben.accepts(1, [odd, 0, 3])
  ben.accepts(2, [odd, 0, 3], [trip, 2, 3])

  expect(labelOf(database, project, trip)).toMatchObject({ units: 0, leftOut: 3, leftOutFirst: [0, 1, 2], kappa: null })
  expect(labelOf(database, project, odd)).toMatchObject({ units: 3, both: 3, leftOut: 0, leftOutFirst: [] })
  expect(onlyPair(database, project).labels.at(-1)).toMatchObject({ label: null, units: 3, leftOut: 0 })
  expect(reviewAgreement(database, project).disagreements).toEqual([])
  expect(requireReviewProject(database, project)).toMatchObject({ disagreements: 0, unresolved: 0 })

  // Ada reads two of them again, and now says yes to one and no to the other.
  const again = personAt(database, project, 'Ada')
  again.accepts(0, [trip, 0, 1])
  again.accepts(2)
  expect(labelOf(database, project, trip)).toMatchObject({
    units: 8,
    both: 2,
    onlyFirst: 0,
    onlySecond: 2,
    neither: 4,
    leftOut: 1,
    leftOutFirst: [1],
    // Agreement 6/8; by chance (2/8)(4/8) + (6/8)(4/8) = 1/2.
    kappa: 0.5,
  })
  expect(reviewAgreement(database, project).disagreements).toMatchObject([{ position: 2, labels: [trip] }])
  expect(requireReviewProject(database, project)).toMatchObject({ disagreements: 1, unresolved: 1 })
})

test('a label that was put on after the acceptance is judged when the sequence is accepted again, not before', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  personAt(database, project, 'Ada').accepts(0)
  changeSchema(database, project, { added: [laterLabel] })
  personAt(database, project, 'Ben').accepts(0)
  const ada = personAt(database, project, 'Ada')
  ada.does(0, { kind: 'add-labels', labels: [{ label: trip, from: 0, until: 1 }] })
  expect(labelOf(database, project, trip)).toMatchObject({ units: 0, leftOut: 1 })
  expect(reviewAgreement(database, project).disagreements).toEqual([])
  ada.does(0, { kind: 'accept', seconds: 1 })
  expect(labelOf(database, project, trip)).toMatchObject({ units: 4, leftOut: 0, onlyFirst: 2 })
  expect(reviewAgreement(database, project).disagreements).toMatchObject([{ position: 0, labels: [trip] }])
})

test('a label that was taken out keeps what both accepted before; what is accepted without it says nothing about it', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0, [wrong, 1, 1])
  // On its way when the label is taken out, and accepted with it then.
  ada.does(1, { kind: 'add-labels', labels: [{ label: wrong, from: 2, until: 2 }] })
  personAt(database, project, 'Ben').accepts(0, [wrong, 0, 0])
  changeSchema(database, project, { without: [wrong] })
  personAt(database, project, 'Ada').accepts(1)
  personAt(database, project, 'Ben').accepts(1)
  expect(labelOf(database, project, wrong)).toMatchObject({ units: 4, onlyFirst: 1, onlySecond: 1, leftOut: 1 })
  expect(reviewAgreement(database, project).disagreements).toMatchObject([{ position: 0, labels: [wrong] }])

  changeSchema(database, project, { back: [wrong] })
  for (const reviewer of ['Ada', 'Ben']) personAt(database, project, reviewer).accepts(1)
  expect(labelOf(database, project, wrong)).toMatchObject({ units: 8, onlyFirst: 2, leftOut: 0 })
  expect(reviewAgreement(database, project).disagreements).toMatchObject([{ position: 0 }, { position: 1 }])
})

test('another name or key is the same label, and so is one that was out of the schema for a while', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  personAt(database, project, 'Ada').accepts(0, [odd, 0, 3])
  changeSchema(database, project, { without: [odd] })
  changeSchema(database, project, { back: [odd] })
  const { labels, schemaVersion } = requireReviewProject(database, project)
  const renamed = labels.map(({ retired: _retired, ...draft }) => ({ ...draft, name: `${draft.name}!` }))
  replaceReviewLabels(database, project, schemaVersion, renamed)
  personAt(database, project, 'Ben').accepts(0, [odd, 0, 3])
  expect(labelOf(database, project, odd)).toMatchObject({ both: 1, leftOut: 0 })
})

test('a window that was open while a label was added accepts without it, until it has been told', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0)
  changeSchema(database, project, { added: [laterLabel] })
  // The outcome of this action brings the new labels.
  expect(ada.accepts(1).schemaVersion).toBe(2)
  ada.accepts(2)
  const ben = personAt(database, project, 'Ben')
  for (const position of [0, 1, 2]) ben.accepts(position)
  expect(labelOf(database, project, trip)).toMatchObject({ units: 4, leftOut: 2, leftOutFirst: [0, 1] })
})

test('undo and redo in later sessions bring back under which labels a sequence was accepted', () => {
  using log = createLogWorkspace()
  const project = addReview(log.workspace.database, { reviewers: ['Ada', 'Ben'] })
  personAt(log.workspace.database, project, 'Ada').accepts(0)
  changeSchema(log.workspace.database, project, { added: [laterLabel] })
  personAt(log.workspace.database, project, 'Ben').accepts(0, [trip, 0, 3])
  personAt(log.workspace.database, project, 'Ada').accepts(0)

  const told: number[] = []
  for (const move of [undoAction, undoAction, redoAction, redoAction]) {
    using workspace = openWorkspace(log.directory, { mode: 'write' })
    const { database } = workspace
    told.push(...reviewAgreement(database, project).pairs.flatMap(({ labels }) => labels[3].leftOut))
    const { version } = reviewerState(database, project, 'Ada')
    move(database, { project, reviewer: 'Ada', version })
  }
  // Accepted again, undone, the first acceptance undone too (nothing in common then), and the same way back.
  expect(told).toEqual([0, 1, 1])
  expect(labelOf(log.workspace.database, project, trip)).toMatchObject({ units: 4, onlySecond: 4, leftOut: 0 })
})

/** What a reviewer last accepted of a sequence, and the labels that were there. */
interface Accepted {
  /** `label from until` */
  places: Set<string>
  known: Set<number>
}

const reviewers = ['Ada', 'Ben', 'Cem']

/** Whether the label lies on each unit that it is judged on: the sequence, or its four events. */
function unitsUnder(places: ReadonlySet<string>, label: number): boolean[] {
  const own = placesOf(places, label).map((place) => place.split(' ').map(Number))
  if (label === odd) return [own.length > 0]
  return [0, 1, 2, 3].map((event) => own.some(([, from, until]) => from <= event && event <= until))
}

const placesOf = (places: ReadonlySet<string>, label: number) =>
  [...places].filter((place) => place.startsWith(`${label} `)).sort()

/** What two people say of a label, from the list of what they accepted. */
function compare(first: ReadonlyMap<number, Accepted>, second: ReadonlyMap<number, Accepted>, label: number) {
  const judgements: [boolean, boolean][] = []
  const without: number[] = []
  const disputed: number[] = []
  for (const position of [0, 1, 2]) {
    const [one, other] = [first.get(position), second.get(position)]
    if (one === undefined || other === undefined) continue
    if (!one.known.has(label) || !other.known.has(label)) {
      without.push(position)
      continue
    }
    const others = unitsUnder(other.places, label)
    judgements.push(...unitsUnder(one.places, label).map((value, unit): [boolean, boolean] => [value, others[unit]]))
    if (placesOf(one.places, label).join() !== placesOf(other.places, label).join()) disputed.push(position)
  }
  return { judgements, without, disputed }
}

test('whatever is accepted under whatever labels: agreement and disagreements are those of a plain list of what was said', () => {
  const place = fc.oneof(
    fc.constant<[number, number, number]>([odd, 0, 3]),
    fc.nat(3).map((event): [number, number, number] => [wrong, event, event]),
    fc
      .tuple(fc.constantFrom(holiday, trip), fc.nat(3), fc.nat(3))
      .map(([label, a, b]): [number, number, number] => [label, Math.min(a, b), Math.max(a, b)]),
  )
  const acceptance = fc.record({ who: fc.nat(2), position: fc.nat(2), places: fc.array(place, { maxLength: 1 }) })
  const change = fc.constantFrom(odd, wrong, holiday, trip)
  const step = fc.oneof({ weight: 2, arbitrary: acceptance }, { weight: 1, arbitrary: change })
  fc.assert(
    fc.property(fc.array(step, { minLength: 6, maxLength: 40 }), (steps) => {
      using log = createLogWorkspace()
      const { database } = log.workspace
      const project = addReview(database, { reviewers })
      const schema = new Set([odd, wrong, holiday])
      const ever = new Set(schema)
      const said = reviewers.map(() => new Map<number, Accepted>())
      for (const each of steps) {
        if (typeof each === 'number') {
          if (schema.delete(each)) changeSchema(database, project, { without: [each] })
          else {
            changeSchema(database, project, ever.has(each) ? { back: [each] } : { added: [laterLabel] })
            ever.add(each)
            schema.add(each)
          }
          continue
        }
        const { who, position } = each
        const places = each.places.filter(([label]) => schema.has(label))
        personAt(database, project, reviewers[who]).accepts(position, ...places)
        const before = said[who].get(position)?.places ?? []
        const all = new Set([...before, ...places.map((placed) => placed.join(' '))])
        said[who].set(position, { places: all, known: new Set(schema) })
      }

      const { pairs, disagreements } = reviewAgreement(database, project)
      const disputes: [number, number][] = []
      for (const pair of pairs) {
        const [first, second] = [pair.first, pair.second].map((name) => said[reviewers.indexOf(name)])
        for (const { label, units, leftOut, leftOutFirst, kappa } of pair.labels) {
          if (label === null) continue
          const { judgements, without, disputed } = compare(first, second, label)
          expect({ units, leftOut }).toEqual({ units: judgements.length, leftOut: without.length })
          expect(leftOutFirst).toEqual(without)
          const naive = naiveKappa(judgements)
          if (Number.isFinite(naive)) expect(kappa).toBeCloseTo(naive, 9)
          else expect(kappa).toBeNull()
          disputes.push(...disputed.map((position): [number, number] => [position, label]))
        }
      }
      const expected = [0, 1, 2].flatMap((position) => {
        const labels = new Set(disputes.filter(([at]) => at === position).map(([, label]) => label))
        return labels.size === 0 ? [] : [{ position, labels: [...labels].sort() }]
      })
      expect(disagreements.map(({ position, labels }) => ({ position, labels }))).toEqual(expected)
      const queue = readQueue(database, project, { name: 'Dan', role: 'adjudicator' })
      expect(queue.map(({ position }) => position)).toEqual(expected.map(({ position }) => position))
    }),
    { numRuns: 30 },
  )
})
