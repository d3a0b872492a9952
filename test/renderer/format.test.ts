import { expect, test } from 'vitest'
import { decimalsOfDifference, useFormat } from '../../src/renderer/composables/format.ts'
import { useProgressWords } from '../../src/renderer/composables/progress-words.ts'
import { inLanguage } from './in-language.ts'

test('a duration is rounded to whole seconds before it is said in minutes and hours', async () => {
  const { duration } = await inLanguage('en', useFormat)
  expect(duration(0.4)).toBe('less than a second')
  expect(duration(59.4)).toBe('59 s')
  expect(duration(59.6)).toBe('1 min 0 s')
  expect(duration(119.7)).toBe('2 min 0 s')
  expect(duration(3599.8)).toBe('1 h 0 min')
})

test('one of a thing is said in the singular, and a language without plurals has one text', async () => {
  const english = await inLanguage('en', useFormat)
  expect([0, 1, 2, 12_345].map((value) => english.counted(value, 'events'))).toEqual([
    '0 events',
    '1 event',
    '2 events',
    '12,345 events',
  ])
  const chinese = await inLanguage('zh-CN', useFormat)
  expect([1, 2].map((value) => chinese.counted(value, 'events'))).toEqual(['1 个事件', '2 个事件'])
})

test('figures of a job are written as what they are: every refused row is counted, a loss has three digits', async () => {
  const { value } = await inLanguage('en', useProgressWords)
  expect(value('rejected', 12_345)).toBe('12,345')
  expect(value('tokensPerSecond', 70_985.4)).toBe('70,985')
  expect(value('loss', 3.00449)).toBe('3.004')
  expect(value('learningRate', 0.000_012_34)).toBe('0.0000123')
  expect(value('everythingDoneIn', '2 min')).toBe('2 min')
})

test('a probability has significant digits where it is small, and is only said to be below a millionth', async () => {
  const { probability } = await inLanguage('en', useFormat)
  expect([0.26712, 0.0598, 0.00734, 0.000_734, 0.000_012_3].map(probability)).toEqual([
    '26.7%',
    '5.98%',
    '0.734%',
    '0.0734%',
    '0.0012%',
  ])
  expect([1, 0.000_000_4, 0, null].map(probability)).toEqual(['100%', '<0.0001%', '0%', '–'])
})

test('a share that is not zero is never written as zero', async () => {
  const { percent, shortPercent } = await inLanguage('en', useFormat)
  expect([0, 0.3, 0.0126, 0.0005].map(percent)).toEqual(['0.0%', '30.0%', '1.3%', '0.1%'])
  expect([0.000_499, 0.000_06, 0.000_001_2, 0.000_000_2].map(percent)).toEqual([
    '0.05%',
    '0.006%',
    '0.0001%',
    '<0.0001%',
  ])
  expect([0, 0.8, 0.000_1].map(shortPercent)).toEqual(['0%', '80%', '0.01%'])
})

test('points between two probabilities have two significant digits, so that a small change is none of 0', async () => {
  const { points } = await inLanguage('en', useFormat)
  expect(points(0.012, 0.345)).toBe('−33.3')
  expect(points(0.0598, 0.0592)).toBe('+0.060')
  expect(points(0.007_341, 0.007_338)).toBe('+0.00030')
  expect(points(0.2, 0.2)).toBe('0.0')
})

test('a difference has the decimals that show on which side of zero its interval lies', async () => {
  const { signed, bound } = await inLanguage('en', useFormat)
  const said = (difference: number, interval: readonly [number, number]) => {
    const decimals = decimalsOfDifference(interval)
    return `${signed(difference, decimals)} [${interval.map((value) => bound(value, decimals)).join(', ')}]`
  }
  expect(said(-0.000_4, [-0.000_71, -0.000_12])).toBe('−0.0004 [−0.0007, −0.0001]')
  expect(said(0.012, [-0.000_01, 0.024])).toBe('+0.012 [0.000, 0.024]')
  expect(said(0.000_02, [-0.000_1, 0.000_2])).toBe('0.0000 [−0.0001, 0.0002]')
  expect(said(0.002_6, [0.000_097, 0.005_242])).toBe('+0.0026 [0.0001, 0.0052]')
  expect(said(0.31, [0.2, 0.4])).toBe('+0.310 [0.200, 0.400]')
  expect(said(0, [0, 0])).toBe('0.000 [0.000, 0.000]')
})
