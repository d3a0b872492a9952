import { expect, test } from 'vitest'
import { jobKinds } from '../../src/main/jobs/registry.ts'
import { kindWord } from '../../src/main/jobs/words.ts'
import { phrase, verbatim } from '../../src/shared/phrase.ts'

test('every kind of job has words that can be translated, and not its name in the program; of another version, that name', () => {
  for (const kind of Object.keys(jobKinds)) {
    const { template, values } = kindWord(kind)
    expect(values).toEqual([])
    expect(template).toMatch(/^[a-z' ]+$/)
    expect(template, 'a kind without words is said by its name').not.toBe(verbatim(kind).template)
  }
  expect(kindWord('resume-training')).toEqual(phrase`resumed training`)
  expect(kindWord('of another version')).toEqual(verbatim('of another version'))
})
