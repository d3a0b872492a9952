import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { behaviourPlace, nameOfPlace, userPlace } from '../../src/renderer/components/explore-places.ts'

const component = {}
const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/explore/user/:name(.*)', name: 'explore-user', component },
    { path: '/explore/behaviour/:name(.*)', name: 'explore-behaviour', component },
  ],
})

/** What a browser makes of the address of a place, and which name the page there is about. */
function arrive(place: ReturnType<typeof userPlace>) {
  const { pathname } = new URL(router.resolve(place).href, 'http://127.0.0.1')
  return nameOfPlace(router.resolve(pathname))
}

test.each([
  '.',
  '..',
  '~.',
  '~~..',
  '...',
  '~',
  'a/../b',
  '../../etc/passwd',
  'CORP\\alice',
  '100%',
  '?a=1#b',
  ' ',
  '<b>',
])('the address of "%s" leads to it', (name) => {
  expect(arrive(userPlace(name))).toBe(name)
  expect(arrive(behaviourPlace(name))).toBe(name)
})

test('so does that of every other name', () => {
  assert(
    property(string({ unit: 'grapheme', minLength: 1 }), (name) => {
      expect(arrive(userPlace(name))).toBe(name)
    }),
  )
})
