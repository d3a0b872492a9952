import { expect, test } from 'vitest'
import { jobKinds } from '../../src/main/jobs/registry.ts'
import { kindWord } from '../../src/main/jobs/words.ts'
import { phrase, verbatim } from '../../src/shared/phrase.ts'

test('every kind of job has a word that can be translated; of another version, its name', () => {
  for (const kind of Object.keys(jobKinds)) expect(kindWord(kind)).toEqual({ template: kind, values: [] })
  expect(kindWord('train')).toEqual(phrase`train`)
  expect(kindWord('of another version')).toEqual(verbatim('of another version'))
})
