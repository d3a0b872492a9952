import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isKept, parsePreferences, preferencesCookie } from '../../src/renderer/preferences-cookie.ts'
import { render } from '../../src/shared/phrase.ts'

const own = { theme: 'dark', language: 'zh-CN', shortcuts: { 'common.palette': 'Mod+;', 'review.flag': null } } as const

/** What a page sees of a cookie that it has set, among those of others. */
const seen = (cookie: string) => `behavegpt-8080=secret; ${cookie.slice(0, cookie.indexOf('; '))}; other=1`
const holding = (text: string) => parsePreferences(`behavegpt-preferences=${encodeURIComponent(text)}`)
const reasonOf = (text: string) => {
  const { own, unusable } = holding(text)
  expect(own).toBeUndefined()
  return render(unusable!)
}

test('the preferences of a browser are read as they were kept, among the cookies of others', () => {
  const cookies = seen(preferencesCookie(own))
  expect(parsePreferences(cookies)).toEqual({ own })
  expect(isKept(cookies, own)).toBe(true)
  expect(isKept(cookies, { ...own, theme: 'light' })).toBe(false)
  // Of every port of the host, and only as long as the browser comes back.
  expect(preferencesCookie(own)).toMatch(/; Path=\/; Max-Age=34560000; SameSite=Lax$/)
})

test('a browser that keeps none, or has forgotten them, has none', () => {
  expect(parsePreferences('')).toEqual({})
  expect(parsePreferences('behavegpt-8080=secret; behavegpt-preferences-of-another=1')).toEqual({})
  expect(preferencesCookie(undefined)).toMatch(/^behavegpt-preferences=; Path=\/; Max-Age=0; /)
  expect(isKept('', undefined)).toBe(true)
  // A browser that does not take cookies.
  expect(isKept('', own)).toBe(false)
})

test('what another version or program wrote is not used, and it is said why', () => {
  expect(reasonOf('{"theme":')).toBe('this is not a JSON document')
  expect(reasonOf('[]')).toBe('Invalid input: expected object, received array')
  expect(reasonOf('{"theme":"sepia","language":"ja"}')).toMatch(/^theme: Invalid option.*; language: Invalid option/)
  expect(reasonOf('{"shortcuts":{"review.next":7}}')).toMatch(/^shortcuts\.review\.next: Invalid input/)
  // Not even encoded.
  expect(render(parsePreferences('behavegpt-preferences=%E0%A4%A').unusable!)).toBe('this is not a JSON document')
})

test('what a newer version keeps besides stays, and what an older one did not know has its default', () => {
  expect(holding('{"theme":"light","density":"high"}').own).toEqual({
    theme: 'light',
    language: null,
    shortcuts: {},
    density: 'high',
  })
})

test('no text that stands there stops the page', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.json().map(encodeURIComponent))
  fc.assert(
    fc.property(text, (found) => {
      const { own, unusable } = parsePreferences(`behavegpt-preferences=${found}`)
      expect(own === undefined).toBe(unusable !== undefined)
    }),
  )
})
