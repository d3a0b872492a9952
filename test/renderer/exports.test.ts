import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = path.join(import.meta.dirname, '../../src/renderer')
const sources = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.vue'))
    .map((file) => [file.split(path.sep).join('/'), readFileSync(path.join(folder, file), 'utf8')]),
)
/** Components whose template has one of these elements. */
const having = (...elements: string[]) =>
  [...sources]
    .filter(([, source]) => new RegExp(`<(${elements.join('|')})\\b`).test(source.slice(source.indexOf('<template>'))))
    .map(([file]) => file)

describe('what a page shows can be taken along', () => {
  /** Tables of what is asked for or set, and one of which the picture beside it gives all columns. */
  const forms = [
    'components/VirtualTable.vue',
    'components/SortableTable.vue',
    'views/datasets/TaxonomyEditor.vue',
    'views/logs/ImportPreviewPanel.vue',
    'views/predict/EventTable.vue',
    'views/review/SchemaEditor.vue',
    'views/settings/ShortcutsPanel.vue',
    'views/train/SizePanel.vue',
  ]
  const tables = having('table', 'VirtualTable', 'SortableTable').filter((file) => !forms.includes(file))
  test.each(tables)('%s gives its table as CSV and Parquet', (file) => {
    expect(/<(TableExport|FileExport)\b/.test(sources.get(file)!)).toBe(true)
  })

  test.each(having('canvas', 'EChart'))('%s gives its picture as PNG and SVG', (file) => {
    const source = sources.get(file)!
    // The common chart has them for all who use it.
    if (source.includes('<canvas') || file === 'charts/EChart.vue') expect(source.includes('pictureKinds')).toBe(true)
    else expect(/<EChart\b[^>]*\s:table="/.test(source)).toBe(true)
  })

  test('no page draws a picture of its own beside these two', () => {
    const icons = ['components/RailIcon.vue']
    expect(having('canvas', 'svg')).toEqual([...icons, 'components/sequence/SequenceTimeline.vue'])
    const charts = [...sources].filter(([, source]) => /from '.*\/(echarts|basis)\.ts'/.test(source))
    expect(charts.map(([file]) => file)).toEqual(['charts/EChart.vue'])
  })

  test("no chart's data has headings in the reader's language", () => {
    const tables = [...sources].flatMap(([file, source]) => {
      if (!/<(EChart|CurveChart)\b/.test(source)) return []
      // The function that makes the data of the chart: what an EChart is given as its table.
      const [, name] = /<EChart\b[^>]*\s:table="(\w+)"/.exec(source) ?? []
      const [body] = new RegExp(`(const ${name} = |function ${name}\\()[\\s\\S]*?\\n[\\])}]`).exec(source) ?? []
      return body === undefined ? [] : [[file, body] as const]
    })
    expect(tables.length).toBeGreaterThan(10)
    expect(tables.filter(([, body]) => /\bt\(/.test(body)).map(([file]) => file)).toEqual([])
  })

  test("no exported table has headings in the reader's language, nor what the columns that are shown are called", () => {
    const tables = [...sources].flatMap(([file, source]) => {
      if (!/<TableExport\b/.test(source)) return []
      const [body] = /const (table|tableOf) = [\s\S]*?\n[\])}]/.exec(source) ?? []
      return [[file, body ?? ''] as const]
    })
    expect(tables.length).toBeGreaterThan(20)
    const ofReader = /(?<![\w.])t\(|name: (props\.)?label\b(?! \+)/
    expect(tables.filter(([, body]) => body === '' || ofReader.test(body)).map(([file]) => file)).toEqual([])
  })
})
