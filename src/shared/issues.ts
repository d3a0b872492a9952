import type { z } from 'zod'
import { type Phrase, phrase, render, toPhrase, verbatim } from './phrase.ts'

type Issue = z.core.$ZodIssue

/** For a check of a schema that says in words of its own what it refuses. */
export const refusal = (said: Phrase) => ({ message: render(said), params: { phrase: said } })

/** What a schema refuses, with the field that it is about. In English it is what zod says. */
export function issuePhrase(issue: Issue): Phrase {
  const field = issue.path.map(String).join('.')
  return field === '' ? reasonOf(issue) : phrase`${field}: ${reasonOf(issue)}`
}

function reasonOf(issue: Issue): Phrase {
  if (issue.code === 'custom' && issue.params?.phrase !== undefined) return issue.params.phrase as Phrase
  const usual = usualReason(issue)
  // A schema may give any check words of its own.
  return usual !== undefined && render(usual) === issue.message ? usual : toPhrase(issue.message)
}

/** The reasons of zod's English locale; undefined for those that no page can meet. */
function usualReason(issue: Issue): Phrase | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const received = /, received (.+)$/.exec(issue.message)?.[1] ?? ''
      return phrase`Invalid input: expected ${typeWord(issue.expected)}, received ${typeWord(received)}`
    }
    case 'invalid_value': {
      const values = issue.values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)))
      if (values.length === 1) return phrase`Invalid input: expected ${values[0]!}`
      return phrase`Invalid option: expected one of ${values.join('|')}`
    }
    case 'too_small':
      return outOfRange(issue, String(issue.minimum), sizes.small)
    case 'too_big':
      return outOfRange(issue, String(issue.maximum), sizes.big)
    case 'not_multiple_of':
      return phrase`Invalid number: must be a multiple of ${String(issue.divisor)}`
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => `"${key}"`)
      return keys.length === 1 ? phrase`Unrecognized key: ${keys}` : phrase`Unrecognized keys: ${keys}`
    }
    case 'invalid_key':
      return phrase`Invalid key in ${typeWord(issue.origin)}`
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
      if (options.length === 0) return phrase`Invalid input`
      return phrase`Invalid discriminator value. Expected ${options.map((option) => `'${String(option)}'`).join(' | ')}`
    }
    case 'custom':
      return phrase`Invalid input`
    default:
      return undefined
  }
}

const characters = phrase`characters`
const items = phrase`items`

/** Each limit of a length, and of a number. */
const sizes = {
  small: {
    exact: (origin: Phrase, limit: string, unit: Phrase) =>
      phrase`Too small: expected ${origin} to have exactly ${limit} ${unit}`,
    inclusive: (origin: Phrase, limit: string, unit: Phrase) =>
      phrase`Too small: expected ${origin} to have >=${limit} ${unit}`,
    number: (origin: Phrase, limit: string) => phrase`Too small: expected ${origin} to be ${limit}`,
    signs: { inclusive: '>=', exclusive: '>' },
  },
  big: {
    exact: (origin: Phrase, limit: string, unit: Phrase) =>
      phrase`Too big: expected ${origin} to have exactly ${limit} ${unit}`,
    inclusive: (origin: Phrase, limit: string, unit: Phrase) =>
      phrase`Too big: expected ${origin} to have <=${limit} ${unit}`,
    number: (origin: Phrase, limit: string) => phrase`Too big: expected ${origin} to be ${limit}`,
    signs: { inclusive: '<=', exclusive: '<' },
  },
}

function outOfRange(
  { origin, inclusive, exact }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  limit: string,
  said: (typeof sizes)['small' | 'big'],
): Phrase {
  const word = typeWord(origin)
  const unit = origin === 'string' ? characters : origin === 'array' ? items : undefined
  if (unit !== undefined) return (exact ? said.exact : said.inclusive)(word, limit, unit)
  return said.number(word, `${inclusive ? said.signs.inclusive : said.signs.exclusive}${limit}`)
}

const typeWords: Record<string, Phrase> = {
  string: phrase`string`,
  number: phrase`number`,
  int: phrase`int`,
  boolean: phrase`boolean`,
  array: phrase`array`,
  object: phrase`object`,
  record: phrase`record`,
  null: phrase`null`,
  undefined: phrase`undefined`,
}

const typeWord = (name: string): Phrase => typeWords[name] ?? verbatim(name)
