import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const sources = globSync('src/renderer/**/*.{vue,css,ts}').map((file) => readFileSync(file, 'utf8'))

test('every custom property that a style uses is set somewhere: a name that is none is no error to a browser', () => {
  const set = new Set(
    sources.flatMap((source) => [...source.matchAll(/(--[\w-]+)['"`]?\s*:/g)].map(([, name]) => name)),
  )
  const used = sources.flatMap((source) => [...source.matchAll(/var\((--[\w-]+)\s*[,)]/g)].map(([, name]) => name))
  // Names that are put together and those of the component library are not looked for.
  expect(used.filter((name) => !set.has(name) && !name!.startsWith('--n-'))).toEqual([])
  expect(used.length).toBeGreaterThan(100)
})
