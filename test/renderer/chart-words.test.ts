import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { useCurveWords } from '../../src/renderer/charts/curve-words.ts'
import { usePictureWords } from '../../src/renderer/components/sequence/picture-words.ts'
import { useEventsText } from '../../src/renderer/views/datasets/periods-text.ts'
import { useEvaluationWords } from '../../src/renderer/views/runs/chart-words.ts'
import { useWeightWords } from '../../src/renderer/views/train/chart-words.ts'
import type { CalibrationBin } from '../../src/shared/evaluation.ts'
import { inLanguage } from './in-language.ts'

const curve = (name: string, points: [number, number | null][]) => ({ name, points })
const fallen = curve('loss', [
  [10, null],
  [20, 4.5],
  [1_000, 2.25],
  [2_000, 3],
])

test('a curve is said by its first, last, lowest and highest value, in the language of the page', async () => {
  const english = await inLanguage('en', useCurveWords)
  expect(english.curves([fallen])).toBe(
    'loss: first 4.5 at step 20, last 3 at step 2,000, lowest 2.25 at step 1,000, highest 4.5 at step 20.',
  )
  const chinese = await inLanguage('zh-CN', useCurveWords)
  expect(chinese.curves([fallen])).toBe(
    'loss：最初第 20 步为 4.5，最后第 2,000 步为 3，最低第 1,000 步为 2.25，最高第 20 步为 4.5。',
  )
})

test('a single point is said alone, and a curve that has not begun not at all', async () => {
  const { curves } = await inLanguage('en', useCurveWords)
  expect(curves([curve('accuracy', [[50, 0.3]]), curve('tail', [[50, null]])])).toBe('accuracy: 0.3 at step 50.')
})

test('the group that weighs most is the one that ends highest', async () => {
  const { heaviestGroup } = await inLanguage('en', useWeightWords)
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
  const { heaviestClass } = await inLanguage('en', useWeightWords)
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

describe('of an evaluation', () => {
  const compared = (name: string, targets: number, reference: number, other: number) => ({
    name,
    group: 0,
    support: 10,
    reference,
    other,
    difference: other - reference,
    targets,
  })

  test('the gains say how many behaviours gained and lost, and which most', async () => {
    const { gains } = await inLanguage('en', useEvaluationWords)
    const rows = [compared('walk', 3, 0.2, 0.5), compared('read', -4, 0.9, 0.5), compared('sing', 0, 0, 0)]
    expect(gains(rows)).toBe(
      '1 gained, 1 lost, 1 the same. Most was gained by walk: 3 targets, recall from 0.200 to 0.500. Most was lost by read: 4 targets, recall from 0.900 to 0.500.',
    )
    expect(gains([rows[2]])).toBe('0 gained, 0 lost, 1 the same.')
  })

  test('the calibration says how far each curve is off, and where most of that is', async () => {
    const bin = (confidence: number, accuracy: number, targets: number) =>
      ({ from: 0, to: 1, confidence, accuracy, targets }) as CalibrationBin
    const { calibration } = await inLanguage('en', useEvaluationWords)
    const curves = [
      // Ten targets that are far off weigh less than a thousand that are off a little.
      { name: 'ce', error: 0.05, bins: [bin(0.1, 0.9, 10), bin(0.8, 0.74, 1_000), bin(0.9, 0.9, 100)] },
      { name: 'empty', error: null, bins: [] },
    ]
    expect(calibration('ECE', curves)).toBe(
      'ce: ECE 0.050, most of it where it says 0.800 and is right in 0.740 of 1,000 targets.',
    )
  })

  test('the matrix of confusions says the most frequent ones', async () => {
    const { confusions } = await inLanguage('zh-CN', useEvaluationWords)
    expect(confusions([{ behaviour: 'walk', predicted: 'run', count: 12, share: 0.3 }])).toBe(
      'walk 被误认为 run：12 个目标，占该行为的 30.0%。',
    )
  })

  test('a note says how many of the confusions are listed, or how many behaviours are drawn', async () => {
    const { confusionsShown } = await inLanguage('en', useEvaluationWords)
    const pair = { behaviour: 'walk', predicted: 'run', count: 12, share: 0.3 }
    const figures = { errors: 4321, totalPairs: 1764, pairs: [pair, pair, pair], classes: ['walk', 'run'] }
    expect(confusionsShown(figures, 'list')).toBe(
      'Wrong predictions: 4,321. Different pairs: 1,764; listed, the most frequent first: 3.',
    )
    expect(confusionsShown(figures, 'matrix')).toBe(
      'Wrong predictions: 4,321. Different pairs: 1,764. Most confused behaviours, which are drawn: 2.',
    )
  })

  test('the bars of the groups are said one by one, with their intervals', async () => {
    const { groups } = await inLanguage('en', useEvaluationWords)
    const value = { head: 0.5, middle: 0.25, tail: null }
    const bar = {
      name: 'ce',
      value: (group: keyof typeof value) => value[group],
      interval: (group: string): [number, number] | undefined => (group === 'head' ? [0.4, 0.6] : undefined),
    }
    expect(groups([bar])).toBe('ce: head 0.500 [0.400, 0.600], middle 0.250, tail –.')
  })
})

test('the time axis of a dataset says how many events each period has, and when there are most', async () => {
  const eventsText = await inLanguage('en', useEventsText)
  const day = Date.UTC(2024, 2, 1)
  const timeline = { start: day, binDays: 1, train: [5, 900, 0], valid: [0, 100, 20], test: [0, 0, 30] }
  expect(eventsText(timeline)).toBe(
    'training: 905 events. validation: 120 events. test: 30 events. Most of them on Mar 2, 2024: 1,000.',
  )
  expect(eventsText({ ...timeline, binDays: 7 })).toContain('Most of them in the 7 days from Mar 8, 2024: 1,000.')
})

test('the picture of a sequence says its time, what comes most often and what surprised most', async () => {
  const pictureWords = await inLanguage('en', usePictureWords)
  const at = (hour: number, behaviour: string, surprise?: number) => ({
    time: Date.UTC(2024, 2, 1, hour),
    behaviour,
    location: null,
    surprise,
  })
  expect(pictureWords([at(8, 'walk'), at(9, 'read'), at(10, 'walk')])).toBe(
    'From Fri, Mar 1, 2024, 08:00:00 until Fri, Mar 1, 2024, 10:00:00. Most often walk: 2.',
  )
  expect(pictureWords([at(8, 'walk', 0.5), at(9, 'read', 6.25)])).toMatch(
    /Most often walk: 1\. Most surprising read, 6\.25 nats, Fri, Mar 1, 2024, 09:00:00\.$/,
  )
  expect(pictureWords([])).toBe('')
})

describe('every chart', () => {
  const folder = path.join(import.meta.dirname, '../../src/renderer')
  const charts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.vue'))
    .flatMap((file) => {
      const source = readFileSync(path.join(folder, file), 'utf8')
      return [...source.matchAll(/<EChart\b(?:[^<>"]|"[^"]*")*>/g)].map(([tag], index) => ({
        file,
        index,
        source,
        tag,
      }))
    })

  test.each(charts)('of $file ($index) has a name, and says its values in words', ({ source, tag }) => {
    expect(tag).toMatch(/\s:name="/)
    const description = /\s:description="([^"]+)"/.exec(tag)?.[1]
    expect(description).toBeDefined()
    // What is described by a text alone, whatever the chart shows, says none of its values.
    expect(description).not.toMatch(/^t\('[\w.-]+'\)$/)
    if (description === 'description') expect(source).toMatch(/^const description = computed\(/m)
  })
})
