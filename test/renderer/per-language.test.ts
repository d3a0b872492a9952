import { expect, test } from 'vitest'
import { phraseLanguage } from '../../src/renderer/locales/phrases.ts'
import { localeOf } from '../../src/renderer/per-language.ts'
import { phrase, render } from '../../src/shared/phrase.ts'

test.each([
  ['en', ['en-GB', 'en'], 'en-GB'],
  ['en', ['zh-CN', 'en-IN', 'en-GB'], 'en-IN'],
  ['zh-CN', ['en-GB', 'zh-TW', 'zh-CN'], 'zh-TW'],
  // A language without a region is the reader's wish like any other.
  ['en', ['en', 'en-GB'], 'en'],
  ['zh-CN', ['zh'], 'zh'],
])('a page in %s for a reader of %j writes dates and numbers as in %s', (language, wanted, locale) => {
  expect(localeOf(language, wanted)).toBe(locale)
})

test.each([
  ['of other languages', ['de-DE', 'fr']],
  ['of none', []],
  ['of languages that begin alike', ['eng-GB-x', 'enm', 'den']],
  ['of tags that are none', ['C', 'en_GB', '*', '']],
  // The workbench reads and shows Arabic digits and the Gregorian calendar in files, logs and fields.
  ['of another calendar', ['en-u-ca-buddhist', 'en-GB']],
  ['of other digits', ['en-GB-u-nu-deva']],
  ['of a language with other digits and another calendar', ['ar-EG', 'fa-IR', 'th-TH-u-nu-thai']],
])('a page in English for a reader %s writes them as English does', (_what, wanted) => {
  expect(localeOf('en', wanted)).toBe('en')
})

test('numbers in what the workbench says are grouped as the region does', () => {
  const said = phrase`${1_234_567} rows`
  expect(render(said, phraseLanguage('en', 'en-IN'))).toBe('12,34,567 rows')
  expect(render(said, phraseLanguage('en'))).toBe('1,234,567 rows')
})
