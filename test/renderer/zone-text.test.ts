import { expect, test } from 'vitest'
import { useZoneText, zonesOf } from '../../src/renderer/composables/zone-text.ts'
import { inLanguage } from './in-language.ts'

const source = (id: number, name: string, timeZone: string) => ({ id, name, timeZone })
const sources = [source(1, 'phones', 'Asia/Shanghai'), source(2, 'cards', 'UTC'), source(3, 'maps', 'Asia/Shanghai')]

test('the zones of what is looked at are those of the chosen sources, by name or number, and of all where none is chosen', () => {
  expect(zonesOf(sources, [])).toEqual(['Asia/Shanghai', 'UTC'])
  expect(zonesOf(sources, ['phones', '3'])).toEqual(['Asia/Shanghai'])
  expect(zonesOf(sources, ['gone'])).toEqual([])
})

test('times are said to be in the zone of the log, or on the clock of each source where there are several', async () => {
  const { sentence, axis } = await inLanguage('en', useZoneText)
  expect(sentence(['Asia/Shanghai'])).toBe('Times in Asia/Shanghai.')
  expect(axis('local hour', ['Asia/Shanghai'])).toBe('local hour, Asia/Shanghai')
  expect(sentence(['Asia/Shanghai', 'UTC'])).toBe('Times of each source on its own clock: Asia/Shanghai, UTC.')
  expect(axis('local hour', ['Asia/Shanghai', 'UTC'])).toBe("local hour, each source's own clock")
  // While no zone is known nothing is said of one.
  expect([sentence([]), axis('local hour', [])]).toEqual(['', 'local hour'])
})
