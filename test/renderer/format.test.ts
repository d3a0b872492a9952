import { expect, test } from 'vitest'
import { useFormat } from '../../src/renderer/composables/format.ts'
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

test('figures of a job are written as what they are: every refused row is counted, a loss has three digits', async () => {
  const { value } = await inLanguage('en', useProgressWords)
  expect(value('rejected', 12_345)).toBe('12,345')
  expect(value('tokensPerSecond', 70_985.4)).toBe('70,985')
  expect(value('loss', 3.00449)).toBe('3.004')
  expect(value('learningRate', 0.000_012_34)).toBe('0.0000123')
  expect(value('everythingDoneIn', '2 min')).toBe('2 min')
})

test('points between two shares are what a reader gets who subtracts the shown percentages', async () => {
  const { percent, points } = await inLanguage('en', useFormat)
  expect([percent(0.0598), percent(0.0592), points(0.0598, 0.0592)]).toEqual(['6.0%', '5.9%', '+0.1'])
  expect([percent(0.0596), percent(0.0604), points(0.0596, 0.0604)]).toEqual(['6.0%', '6.0%', '0.0'])
  expect(points(0.012, 0.345)).toBe('−33.3')
})
