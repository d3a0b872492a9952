import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { phraseLanguage } from '../../src/renderer/locales/phrases.ts'
import { issuePhrase, refusal } from '../../src/shared/issues.ts'
import { phrase, render } from '../../src/shared/phrase.ts'

const chinese = phraseLanguage('zh-CN')

const schema = z.strictObject({
  name: z.string().min(2).max(5),
  count: z.int().min(1).max(9),
  share: z.number().positive().lt(1),
  kind: z.enum(['a', 'b']),
  fixed: z.literal('only'),
  list: z.array(z.string()).min(1).max(2),
  pair: z.array(z.string()).length(2),
  step: z.number().multipleOf(5),
  split: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('time') })]),
  either: z.union([z.string(), z.number()]),
  even: z.number().refine((value) => value % 2 === 0, refusal(phrase`must divide the 1440 minutes of a day`)),
  key: z.string().regex(/^x$/, refusal(phrase`must be one letter, digit or sign`)),
  flag: z.boolean(),
})
const right = {
  name: 'abc',
  count: 3,
  share: 0.5,
  kind: 'a',
  fixed: 'only',
  list: ['x'],
  pair: ['x', 'y'],
  step: 5,
  split: { kind: 'time' },
  either: 1,
  even: 2,
  key: 'x',
  flag: true,
}

describe('what a schema refuses', () => {
  test.each<[string, object, string]>([
    ['a missing value', { name: undefined }, 'name：输入无效：应为字符串，实际为未给出'],
    ['another type', { count: 'many' }, 'count：输入无效：应为数字，实际为字符串'],
    ['no whole number', { count: 1.5 }, 'count：输入无效：应为整数，实际为数字'],
    ['not a number', { share: Number.NaN }, 'share：输入无效：应为数字，实际为NaN'],
    ['a number that is too small', { count: 0 }, 'count：过小：数字应 >=1'],
    ['a number at an open limit', { share: 0 }, 'share：过小：数字应 >0'],
    ['a number that is too large', { count: 10 }, 'count：过大：数字应 <=9'],
    ['a text that is too short', { name: 'a' }, 'name：过小：字符串至少要有 2 个字符'],
    ['a text that is too long', { name: 'abcdef' }, 'name：过大：字符串至多可有 5 个字符'],
    ['an empty list', { list: [] }, 'list：过小：数组至少要有 1 项'],
    ['a list of another length', { pair: ['x'] }, 'pair：过小：数组必须恰好有 2 项'],
    ['an unknown choice', { kind: 'c' }, 'kind：选项无效：应为以下之一："a"|"b"'],
    ['another constant', { fixed: 'x' }, 'fixed：输入无效：应为 "only"'],
    ['no multiple', { step: 7 }, 'step：数值无效：必须是 5 的倍数'],
    ['an unknown field', { more: 1 }, '未知的键："more"'],
    ['unknown fields', { more: 1, evenMore: 2 }, '未知的键："more"、"evenMore"'],
    ['an unknown form', { split: { kind: 'x' } }, "split.kind：类型取值无效，应为 'time'"],
    ['none of several types', { either: null }, 'either：输入无效'],
    ['a check with words of its own', { even: 3 }, 'even：必须能整除一天的 1440 分钟'],
    ['a pattern with words of its own', { key: '?' }, 'key：必须是一个字母、数字或符号'],
    ['a null', { flag: null }, 'flag：输入无效：应为布尔值，实际为空值（null）'],
  ])('%s is said in English as zod says it, and in Chinese', (_what, wrong, expected) => {
    const { error } = schema.safeParse({ ...right, ...wrong })
    expect(error?.issues).toHaveLength(1)
    const [issue] = error!.issues
    const path = issue.path.join('.')
    expect(render(issuePhrase(issue))).toBe(path === '' ? issue.message : `${path}: ${issue.message}`)
    expect(render(issuePhrase(issue), chinese)).toBe(expected)
  })
})
