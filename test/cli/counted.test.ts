import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { counted } from '../../src/main/cli/format.ts'

const root = path.join(import.meta.dirname, '../..')

test('one of a thing is said in the singular', () => {
  expect([0, 1, 2, 1234].map((value) => counted(value, 'event'))).toEqual([
    '0 events',
    '1 event',
    '2 events',
    '1,234 events',
  ])
})

test.each(['src/main/cli', 'resources/report'])('what %s counts is said through one function', (folder) => {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
  const wrong = files
    .filter((file) => /\.(ts|js)$/.test(file))
    .flatMap((file) => readFileSync(path.join(root, folder, file), 'utf8').split('\n'))
    // Of a total, "3 of 10 targets", the word stands for the total.
    .filter((line) =>
      /(?<!of )\$\{(?:count|formatCount)\([^{}]*\)\} (?!of\b|tokens\b|more\b|without\b|with\b|in\b)[a-z ]*s\b/.test(
        line,
      ),
    )
  expect(wrong).toEqual([])
})
