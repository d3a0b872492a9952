import { expect, test } from 'vitest'
import { useChartWords } from '../../src/renderer/views/train/chart-words.ts'
import { inLanguage } from './in-language.ts'

const curve = (name: string, points: [number, number | null][]) => ({ name, points })
const fallen = curve('loss', [
  [10, null],
  [20, 4.5],
  [1_000, 2.25],
  [2_000, 3],
])

test('a curve is said by its first, last, lowest and highest value, in the language of the page', async () => {
  const english = await inLanguage('en', useChartWords)
  expect(english.curves([fallen])).toBe(
    'loss: first 4.5 at step 20, last 3 at step 2,000, lowest 2.25 at step 1,000, highest 4.5 at step 20.',
  )
  const chinese = await inLanguage('zh-CN', useChartWords)
  expect(chinese.curves([fallen])).toBe(
    'loss：最初第 20 步为 4.5，最后第 2,000 步为 3，最低第 1,000 步为 2.25，最高第 20 步为 4.5。',
  )
})

test('a single point is said alone, and a curve that has not begun not at all', async () => {
  const { curves } = await inLanguage('en', useChartWords)
  expect(curves([curve('accuracy', [[50, 0.3]]), curve('tail', [[50, null]])])).toBe('accuracy: 0.3 at step 50.')
})

test('the group that weighs most is the one that ends highest', async () => {
  const { heaviestGroup } = await inLanguage('en', useChartWords)
  const groups = [
    curve('head', [
      [10, 3],
      [20, 0.75],
    ] as [number, number][]),
    curve('tail', [
      [10, 1],
      [20, 1.5],
    ] as [number, number][]),
  ]
  expect(heaviestGroup(groups)).toBe('Most weight has tail: 1.5 at step 20.')
  expect(heaviestGroup([curve('head', [])])).toBe('')
})

test('of the behaviours the heaviest and the lightest are said with their group', async () => {
  const { heaviestClass } = await inLanguage('en', useChartWords)
  const of = (name: string, group: 'head' | 'tail', weight: number) => ({
    name,
    group,
    weight,
    rank: 1,
    events: 1,
    loss: null,
  })
  expect(heaviestClass({ classes: [of('walk', 'head', 0.5), of('vote', 'tail', 2)] })).toBe(
    'Most weight has vote (tail) with 2, least walk (head) with 0.5.',
  )
  expect(heaviestClass({ classes: [] })).toBe('')
})
