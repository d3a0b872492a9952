import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodePhrase,
  encodePhrase,
  isPhrase,
  lines,
  type Phrase,
  type PhraseLanguage,
  phrase,
  render,
  sentences,
  statements,
  toEnglishJson,
  toPhrase,
  verbatim,
} from '../../src/shared/phrase.ts'

describe('a phrase', () => {
  test('keeps the template and what fills its gaps apart', () => {
    expect(phrase`The run ${'ce'} made ${3} steps.`).toEqual({
      template: 'The run {0} made {1} steps.',
      values: ['ce', 3],
    })
  })

  test('says in English what a template string would say', () => {
    fc.assert(
      fc.property(fc.string(), fc.double(), fc.array(fc.string()), (name, number, list) => {
        expect(render(phrase`a ${name} b ${number}: ${list}${phrase`(${name})`}.`)).toBe(
          `a ${name} b ${number}: ${list.join(', ')}(${name}).`,
        )
      }),
    )
  })

  test('is joined to sentences, statements and lines', () => {
    const parts = [phrase`One.`, phrase`Two ${2}.`, phrase`Three.`]
    expect(render(sentences(parts))).toBe('One. Two 2. Three.')
    expect(render(statements(parts))).toBe('One.; Two 2.; Three.')
    expect(render(lines(parts))).toBe('One.\nTwo 2.\nThree.')
    expect(render(sentences([]))).toBe('')
  })

  test('of a value that its type wrongly promised still says what happened', () => {
    expect(render(phrase`type ${JSON.stringify(undefined)} is refused`)).toBe('type undefined is refused')
  })
})

describe('in another language', () => {
  const words: Record<string, string> = { 'The {0} of {1} is {2}.': '{1}的{0}：{2}。', weight: '权重' }
  const language: PhraseLanguage = {
    translate: (template) => words[template],
    number: (value) => `#${value}`,
    separator: '、',
  }

  test('template, nested phrases, numbers and lists are said its own way, names stay', () => {
    const said = phrase`The ${phrase`weight`} of ${'weight'} is ${[1, phrase`weight`, 'x']}.`
    expect(render(said, language)).toBe('weight的权重：#1、权重、x。')
  })

  test('what has no translation is said in English', () => {
    expect(render(phrase`No ${phrase`weight`}.`, language)).toBe('No 权重.')
  })

  test('a text that is put in for a gap has no gaps of its own', () => {
    expect(render(phrase`${'{1}'} and ${'{0}'}`)).toBe('{1} and {0}')
    expect(render(verbatim('weight'), language)).toBe('weight')
  })
})

describe('in a column of the database', () => {
  const anyPhrase: fc.Arbitrary<Phrase> = fc.letrec((tie) => ({
    value: fc.oneof(fc.string(), fc.integer(), tie('phrase'), fc.array(fc.string())),
    phrase: fc.record({ template: fc.string(), values: fc.array(tie('value'), { maxLength: 3 }) }),
  })).phrase as fc.Arbitrary<Phrase>

  test('a phrase comes back as it was', () => {
    const isAmbiguous = ({ template, values }: Phrase) => values.length === 0 && template.startsWith('{"template":')
    fc.assert(
      fc.property(anyPhrase, (said) => {
        fc.pre(!isAmbiguous(said))
        expect(decodePhrase(encodePhrase(said))).toEqual(said)
      }),
    )
  })

  test('one without values takes no more room than its text', () => {
    expect(encodePhrase(phrase`empty`)).toBe('empty')
  })

  test('a text of before there were phrases is shown as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.startsWith('{"template":'))
        expect(render(decodePhrase(text))).toBe(text)
      }),
    )
    for (const text of ['{"template":', '{"template":1}', 'a {0} b', '{"template":"x"}']) {
      expect(render(decodePhrase(text))).toBe(text)
    }
    expect(render(toPhrase('The run "{0}" is gone.'))).toBe('The run "{0}" is gone.')
  })
})

test('a document for programs holds English texts, and everything else as it was', () => {
  const document = { reason: phrase`as asked: ${'cpu'}`, warnings: [phrase`${2} rows`], template: 'x', values: null }
  expect(JSON.parse(toEnglishJson(document))).toEqual({
    reason: 'as asked: cpu',
    warnings: ['2 rows'],
    template: 'x',
    values: null,
  })
  expect(isPhrase({ template: 'x', values: [], more: 1 })).toBe(false)
})
