import { expect, test } from 'vitest'
import { usePeriodsText } from '../../src/renderer/views/datasets/periods-text.ts'
import { inLanguage } from './in-language.ts'

const valid = Date.parse('2025-01-07T02:00Z')
const tested = Date.parse('2025-01-09T14:30Z')

test('the periods of a dataset begin in words on the clock of the log, not on the reader’s', async () => {
  const english = await inLanguage('en', usePeriodsText)
  const text = english({ periods: { valid, test: tested, overlap: false } })
  expect(text).toMatch(/^Validation from \D*7\D.*02:00\D.* test from \D*9\D.*14:30\D/)
  expect(text).not.toMatch(/overlap/)
  const chinese = await inLanguage('zh-CN', usePeriodsText)
  expect(chinese({ periods: { valid, test: tested, overlap: false } })).toMatch(/02:00.*14:30/)
})

test('that they overlap is said, and of leave-one-out how else the parts are made', async () => {
  const english = await inLanguage('en', usePeriodsText)
  expect(english({ periods: { valid, test: tested, overlap: true } })).toMatch(/test from .* overlap by local time/)
  expect(english({ periods: null })).toMatch(/last event is the test target/)
})
