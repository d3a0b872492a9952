import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = path.join(import.meta.dirname, '../../src/renderer')
const areas = readdirSync(path.join(folder, 'locales/en')).map((file) => file.replace('.ts', ''))

async function messagesOf(language: string, area: string): Promise<Map<string, string>> {
  const { default: messages } = await import(path.join(folder, 'locales', language, `${area}.ts`))
  return flatten(messages)
}

function flatten(messages: Record<string, unknown>, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[`${prefix}${key}`, value] as const]
        : [...flatten(value as Record<string, unknown>, `${prefix}${key}.`)],
    ),
  )
}

/** The names in braces, which are filled in. */
const gaps = (message: string) => [...new Set(message.match(/\{\w+\}/g) ?? [])].sort()

describe('the languages', () => {
  test('have the same areas', () => {
    // English phrases need no translations.
    const others = readdirSync(path.join(folder, 'locales/zh-CN')).filter((name) => name !== 'phrases')
    expect(others.sort()).toEqual(readdirSync(path.join(folder, 'locales/en')).sort())
  })

  test('have every message that the page asks for by its full name', async () => {
    const known = new Set<string>()
    for (const area of areas) for (const key of (await messagesOf('en', area)).keys()) known.add(`${area}.${key}`)
    const asked = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(vue|ts)$/.test(file) && !file.startsWith('locales'))
      .flatMap((file) => [
        ...readFileSync(path.join(folder, file), 'utf8').matchAll(/\bt\(\s*'([a-zA-Z]+(?:\.[\w-]+)+)'/g),
      ])
      .map(([, key]) => key!)
    expect(asked.length).toBeGreaterThan(100)
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([])
  })

  test.each(areas)('say the same things about %s, with the same gaps to fill', async (area) => {
    const english = await messagesOf('en', area)
    const chinese = await messagesOf('zh-CN', area)
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, message] of english) expect(gaps(chinese.get(key)!), key).toEqual(gaps(message))
  })
})

describe('English texts', () => {
  /** What more than one is always said of: of a long list, or of what a rule allows at most. */
  const always = new Set([
    'common.counted',
    'datasets.builder.estimated',
    'datasets.counts.targets',
    'datasets.timeline.days',
    'datasets.timeline.mostFrom',
    'datasets.warning.vocabulary',
    'datasets.warning.padding',
    'doctor.severalSteps',
    'explore.tooMany',
    'metrics.text.hr',
    'metrics.text.ndcg',
    'predict.cut',
    'predict.scores.firstUsers',
    'predict.scores.shown',
    'runs.behaviours.some',
    'runs.tooMany',
    'runs.compare.metricsNote',
    'runs.heads.counts',
    'train.watch.averaged',
    'train.chart.classes.note2',
    'train.size.chosenAs',
    'welcome.sample.text',
  ])
  const manyOf =
    /\{\w+\} (?:(?!of |with )\w+ )?(?:events|users|behaviours|locations|targets|rules|votes|rows|sequences|runs|steps|actions|days|validations|occurrences|resamples|classes|processors|parameters|labels|sources|datasets)\b/

  test.each(areas)('about %s say one of a thing in the singular', async (area) => {
    const wrong = [...(await messagesOf('en', area))].filter(
      ([key, text]) => !text.includes(' | ') && manyOf.test(text) && !always.has(`${area}.${key}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('components', () => {
  const components = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.vue'))

  test.each(components)('%s names no chart and no export by itself', (file) => {
    const source = readFileSync(path.join(folder, file), 'utf8')
    const own = source.match(
      /<(EChart|TableExport|FileExport)\b(?:[^<>"]|"[^"]*")*?\s(name|label|description)="[^"]*"/g,
    )
    expect(own ?? []).toEqual([])
  })

  test.each(components)('%s has no text of its own', (file) => {
    const source = readFileSync(path.join(folder, file), 'utf8')
    const template = /<template>([\s\S]*)<\/template>/.exec(source)?.[1] ?? ''
    // What stands between tags, without comments and interpolations.
    const text = template
      .replaceAll(/<!--[\s\S]*?-->/g, '')
      .replaceAll(/\{\{[\s\S]*?\}\}/g, '')
      .replaceAll(/<(kbd|code)\b[\s\S]*?<\/\1>/g, '')
      .replaceAll(/<(?:[^<>"']|"[^"]*"|'[^']*')*>/g, '\n')
    // Names that are the same in every language.
    const words = text
      .replaceAll(/SHA-256|ONNX|CSV/g, '')
      .split('\n')
      .filter((line) => /\p{L}{3,}/u.test(line))
    expect(words.map((line) => line.trim())).toEqual([])
  })

  test.each(components)('%s puts no text from outside into the page as HTML', (file) => {
    expect(readFileSync(path.join(folder, file), 'utf8')).not.toMatch(/v-html|innerHTML/)
  })
})
