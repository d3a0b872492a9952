import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readReviewItem } from '../../src/main/review/act.ts'
import { type Contingency, cohensKappa, rawAgreement, reviewAgreement } from '../../src/main/review/agreement.ts'
import { readQueue } from '../../src/main/storage/review-decisions.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'
import { addReview, holiday, naiveKappa, odd, personAt, wrong } from './support.ts'

const table = (both: number, onlyFirst: number, onlySecond: number, neither: number): Contingency => ({
  both,
  onlyFirst,
  onlySecond,
  neither,
})

test.each([
  // Wikipedia's three examples: grant proposals, and two tables of equal agreement with other marginals.
  [table(20, 5, 10, 15), 0.4],
  [table(45, 15, 25, 15), 0.1304],
  [table(25, 35, 5, 35), 0.2593],
  // Fleiss, Levin and Paik: perfect, chance and complete disagreement.
  [table(10, 0, 0, 10), 1],
  [table(5, 5, 5, 5), 0],
  [table(0, 10, 10, 0), -1],
  // The paradox of kappa (Feinstein and Cicchetti 1990): 85 % agreement, and little beyond chance.
  [table(80, 10, 5, 5), 0.3182],
])('kappa of %o is %f', (counts, kappa) => {
  expect(cohensKappa(counts)).toBeCloseTo(kappa, 4)
})

test('kappa is not defined without units, and where both always say the same one thing', () => {
  for (const counts of [table(0, 0, 0, 0), table(7, 0, 0, 0), table(0, 0, 0, 7)]) expect(cohensKappa(counts)).toBeNull()
  expect(rawAgreement(table(0, 0, 0, 7))).toBe(1)
  expect(rawAgreement(table(0, 0, 0, 0))).toBeNull()
  // One of them always says yes: defined, and no better than chance.
  expect(cohensKappa(table(7, 0, 3, 0))).toBe(0)
})

test('agreement of a project is what a naive computation over every sequence and event gives', () => {
  const span = fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  const opinion = fc.record({
    odd: fc.boolean(),
    wrong: fc.uniqueArray(fc.nat(3)),
    holiday: fc.array(span, { maxLength: 2 }),
    flag: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(opinion, opinion), { minLength: 5, maxLength: 5 }), (opinions) => {
      using log = createLogWorkspace()
      const { database } = log.workspace
      const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
      for (const [index, name] of ['Ada', 'Ben'].entries()) {
        const person = personAt(database, project, name)
        for (const [position, said] of opinions.entries()) {
          const own = said[index]
          if (own.flag) person.does(position, { kind: 'flag', flagged: true })
          person.accepts(
            position,
            ...(own.odd ? [[odd, 0, 3] as [number, number, number]] : []),
            ...own.wrong.map((event): [number, number, number] => [wrong, event, event]),
            ...own.holiday.map(([from, until]): [number, number, number] => [holiday, from, until]),
          )
        }
      }
      const events = opinions.flatMap(([a, b]) => [0, 1, 2, 3].map((event) => [a, b, event] as const))
      const under = (spans: readonly (readonly [number, number])[], event: number) =>
        spans.some(([from, until]) => from <= event && event <= until)
      const judgements = [
        opinions.map(([a, b]) => [a.odd, b.odd] as const),
        events.map(([a, b, event]) => [a.wrong.includes(event), b.wrong.includes(event)] as const),
        events.map(([a, b, event]) => [under(a.holiday, event), under(b.holiday, event)] as const),
        opinions.map(([a, b]) => [a.flag, b.flag] as const),
      ]
      const [pair] = reviewAgreement(database, project).pairs
      expect(pair).toMatchObject({ first: 'Ada', second: 'Ben', sequences: 5 })
      for (const [index, { units, agreement, kappa }] of pair.labels.entries()) {
        const given = judgements[index]
        expect(units).toBe(given.length)
        expect(agreement).toBeCloseTo(given.filter(([a, b]) => a === b).length / given.length, 12)
        const naive = naiveKappa(given)
        if (Number.isFinite(naive)) expect(kappa).toBeCloseTo(naive, 9)
        else expect(kappa).toBeNull()
      }
    }),
    { numRuns: 12 },
  )
})

test('what only one of two accepted is not compared, and skipping is no judgement', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database)
  personAt(database, project, 'Ada').accepts(0, [odd, 0, 3])
  const ben = personAt(database, project, 'Ben')
  ben.does(0, { kind: 'skip' })
  ben.accepts(1)
  expect(reviewAgreement(database, project)).toMatchObject({ pairs: [{ sequences: 0 }], disagreements: [] })
})

test('reviewers see nothing of each other; who adjudicates sees both, and their decision is a third one', () => {
  using log = createLogWorkspace()
  const { database } = log.workspace
  const project = addReview(database, { reviewers: ['Ada', 'Ben'] })
  const ada = personAt(database, project, 'Ada')
  ada.accepts(0, [odd, 0, 3])
  ada.accepts(1, [wrong, 2, 2])
  const ben = personAt(database, project, 'Ben')
  expect(readReviewItem(database, { project, reviewer: 'Ben', position: 0 }).others).toEqual([])
  ben.accepts(0, [odd, 0, 3])
  ben.accepts(1, [wrong, 1, 1])

  const cora = personAt(database, project, 'Cora', 'adjudicator')
  const queue = () => readQueue(database, project, { name: 'Cora', role: 'adjudicator' })
  expect(queue()).toEqual([{ position: 1, state: 'pending', flagged: false }])
  const { others } = readReviewItem(database, { project, reviewer: 'Cora', position: 1 })
  expect(others.map(({ reviewer }) => reviewer)).toEqual(['Ada', 'Ben'])
  const { labels, flagged } = others[1].decision
  cora.does(1, { kind: 'adopt', labels, flagged })
  cora.does(1, { kind: 'accept' })
  expect(queue()).toEqual([{ position: 1, state: 'accepted', flagged: false }])
  expect(reviewAgreement(database, project).disagreements).toEqual([
    { position: 1, reviewers: ['Ada', 'Ben'], labels: [wrong], adjudicator: 'Cora' },
  ])
})
