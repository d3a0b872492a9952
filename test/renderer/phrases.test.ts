import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { RowWriter } from '../../src/main/ingest/row-writer.ts'
import { TimeZone } from '../../src/main/ingest/time-zone.ts'
import { phraseLanguage } from '../../src/renderer/locales/phrases.ts'
import { phrases } from '../../src/renderer/locales/zh-CN/phrases/index.ts'
import type { WorkbenchError } from '../../src/shared/errors.ts'
import { atTerminal, phrase, render } from '../../src/shared/phrase.ts'

const root = path.join(import.meta.dirname, '../..')
const source = path.join(root, 'src')
const catalogues = path.join(source, 'renderer/locales/zh-CN/phrases')

/** What a terminal shows and no page: the command line speaks English. */
const terminalOnly = `main${path.sep}cli`

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(ts|vue)$/.test(file) && !file.startsWith(terminalOnly),
)

/** The program of a file; of a component its script. */
function scriptOf(file: string): ts.SourceFile {
  const text = readFileSync(path.join(source, file), 'utf8')
  const script = file.endsWith('.vue') ? (/<script[^>]*>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '') : text
  return ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true)
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

/** The template of a tagged template, as `phrase` makes it. */
function templateOf(literal: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(literal)) return literal.text
  return literal.head.text + literal.templateSpans.map((span, index) => `{${index}}${span.literal.text}`).join('')
}

const isCallOf = (name: string, node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name

/** Every template that is written in the program, with the files that say it. */
const said = new Map<string, string[]>()
const quoted: string[] = []
for (const file of files) {
  visit(scriptOf(file), (node) => {
    if (ts.isTaggedTemplateExpression(node) && ts.isIdentifier(node.tag) && node.tag.text === 'phrase') {
      const template = templateOf(node.template)
      said.set(template, [...(said.get(template) ?? []), file])
    }
    const [argument] = isCallOf('verbatim', node) ? node.arguments : []
    if (argument !== undefined && ts.isStringLiteralLike(argument) && argument.text !== '') quoted.push(file)
  })
}

const gapsOf = (text: string) => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort()

describe('the phrases of the program', () => {
  test('are found', () => {
    expect(said.size).toBeGreaterThan(500)
    expect(said.get('There is no run "{0}" in this workspace.')).toEqual(['main/storage/runs.ts'])
  })

  test('all have a Chinese translation', () => {
    const missing = [...said].filter(([template]) => !Object.hasOwn(phrases, template))
    expect(missing.map(([template, files]) => `${files[0]}: ${template}`)).toEqual([])
  })

  test('have the same gaps in Chinese', () => {
    const different = Object.entries(phrases).filter(
      ([template, translation]) => gapsOf(template).join() !== gapsOf(translation).join(),
    )
    expect(different).toEqual([])
  })

  test('are translated once, and only those that are said', async () => {
    const areas = readdirSync(catalogues).filter((file) => file !== 'index.ts')
    const translated: string[] = []
    for (const area of areas) {
      const { default: entries } = await import(path.join(catalogues, area))
      translated.push(...Object.keys(entries))
    }
    expect(translated.filter((template) => !said.has(template))).toEqual([])
    expect(translated.filter((template, index) => translated.indexOf(template) !== index)).toEqual([])
    expect(translated.length).toBe(Object.keys(phrases).length)
  })

  test('are no texts that were declared untranslatable', () => {
    expect(quoted).toEqual([])
  })
})

test('a file that the workbench received or made itself is called by its own name', () => {
  const say = (file: string) => render(phrase`reading ${file}`, phraseLanguage('en'))
  expect(say('/home/ada/work/temporary/uploads/6e90d13a/my log.csv')).toBe('reading my log.csv')
  expect(say('C:\\work\\temporary\\simulated-x1\\sample.csv')).toBe('reading sample.csv')
  expect(say('/home/ada/temporary/log.csv')).toBe('reading /home/ada/temporary/log.csv')
})

describe('the way at a terminal', () => {
  const hint = phrase`Ask for fewer events per user${atTerminal('--min-events')}.`

  test('is said at a terminal and left out on a page', () => {
    expect(render(hint)).toBe('Ask for fewer events per user (--min-events).')
    expect(render(hint, phraseLanguage('en'))).toBe('Ask for fewer events per user.')
    expect(render(hint, phraseLanguage('zh-CN'))).toBe('请降低每个用户的最少事件数。')
    // An instant is told in the reader's zone and way of writing; to programs as it is stored.
    const since = phrase`Since ${{ instant: '2026-03-01T10:00:00.000Z' }}.`
    expect(render(since)).toBe('Since 2026-03-01T10:00:00.000Z.')
    expect(render(since, phraseLanguage('en', 'en-US'))).toMatch(/^Since (Feb 28|Mar [12]), 2026, [\d:]+ [AP]M\.$/u)
  })

  test('is in no phrase outside its aside, which a page would repeat', () => {
    const commands = [...said].filter(([template]) => /\((?:`?behavegpt |`?--)/.test(template))
    expect(commands).toEqual([])
  })
})

test('a refused import tells a page the files by their own names, and nothing of a command line', () => {
  const rules = { timeFormat: 'iso', timeZone: new TimeZone('UTC'), columns: [], maximumRejects: 1 } as const
  const writer = new RowWriter({ users: [], behaviours: [], locations: [] }, rules, {
    accept: () => {},
    refuse: () => {},
  })
  writer.file = '/home/ada/work/temporary/uploads/6e90d13a/my log.csv'
  const row = (line: number) => writer.reject(line, phrase`too few columns`, () => 'u,walk')
  row(2)
  const refused = (() => {
    try {
      row(3)
    } catch (error) {
      return (error as WorkbenchError).toDocument()
    }
  })()
  expect(render(refused!.message, phraseLanguage('en'))).toBe(
    'More than the 1 allowed: 2 of the first 2 rows are unusable; nothing was imported.\n' +
      '  my log.csv:2 too few columns: u,walk\n  my log.csv:3 too few columns: u,walk',
  )
  expect(render(refused!.hint!, phraseLanguage('en'))).toBe(
    'Check the columns and the time format in the preview, or allow more refused rows.',
  )
})
