import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { runInNewContext, Script } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { confusions } from '../../src/main/evaluation/report/confusions.ts'
import { toCsv } from '../../src/main/evaluation/report/csv.ts'
import { reportFiles } from '../../src/main/evaluation/report/files.ts'
import { inlineJson, inlineScript } from '../../src/main/evaluation/report/html.ts'
import { logarithmicRanks, type Point, thinLine } from '../../src/main/evaluation/report/thin.ts'
import { type ReportFixture, reportFixture } from './report-fixture.ts'

const hostile = [
  '</script><script>alert(1)</script>',
  '<!--',
  '=HYPERLINK("http://x","y")',
  '{{title}}',
  "a,b\n'c'",
  '\u2028',
]

describe('a report', () => {
  let fixture: ReportFixture
  let files: Record<string, string>
  let page: string

  beforeAll(async () => {
    fixture = await reportFixture({ classes: 30, users: 40, events: 40, samples: 100, names: hostile })
    files = await reportFiles(fixture.dataset, fixture.document, fixture.inputs, fixture.groups)
    page = files['report.html']
  })

  const scripts = () => [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text)
  const policy = () => /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]

  it('has exactly the scripts that its policy allows, and they parse', () => {
    expect(scripts()).toHaveLength(2)
    for (const text of scripts()) {
      expect(policy()).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`)
      expect(() => new Script(text)).not.toThrow()
    }
  })

  it('draws every pair of the confused behaviours, also those that never occurred, and both kinds of bins', () => {
    interface Chart {
      answer: string
      option: { series: { data: { value: number[]; count: number }[] }[]; xAxis: { max: number } } | null
    }
    const part = (name: string) => readFileSync(new URL(`../../resources/report/${name}`, import.meta.url), 'utf8')
    const charts: Record<'confusionsChart' | 'countCalibrationChart', (palette: object, run: object) => Chart> =
      runInNewContext(`${part('format.js')}\n${part('charts.js')}\n;({ confusionsChart, countCalibrationChart })`, {
        document: { getElementById: () => ({ textContent: JSON.stringify(fixture.document) }) },
        axis: (_palette: object, _name: string, options: object) => options,
      })
    const palette = { run: () => '', heat: [] }
    const [run] = fixture.document.runs
    const { classes, cells } = run.confusions
    const { option, answer } = charts.confusionsChart(palette, run)
    const { data } = option!.series[0]
    expect(cells.length).toBeLessThan(classes.length ** 2)
    expect(data).toHaveLength(classes.length ** 2)
    expect(data.filter(({ count }) => count > 0)).toHaveLength(cells.length)
    expect(data.every(({ value: [, , share], count }) => (share === 0) === (count === 0))).toBe(true)
    expect(answer).toContain('The palest cells are 0: they never occurred.')

    const counted = charts.countCalibrationChart(palette, run)
    const { before } = run.evaluation.calibration.equalCount!
    expect(counted.option!.series[1].data).toHaveLength(before.length)
    const most = Math.max(...before.flatMap(({ confidence, accuracy }) => [confidence!, accuracy!]))
    expect(counted.option!.xAxis.max).toBeGreaterThanOrEqual(Math.min(most, 1))
    // An evaluation from before such bins were kept says so.
    const { equalCount: _, ...calibration } = run.evaluation.calibration
    const older = charts.countCalibrationChart(palette, { ...run, evaluation: { ...run.evaluation, calibration } })
    expect(older).toMatchObject({ option: null, answer: expect.stringContaining('evaluate it again') })
  })

  it('may load nothing from anywhere', () => {
    expect(policy()).toContain("default-src 'none'")
    expect(policy()).not.toMatch(/http|\*|unsafe-eval|script-src[^;]*unsafe-inline/)
    const markup = page.replaceAll(/<script[\s\S]*?<\/script>/g, '')
    expect(markup).not.toMatch(/<(link|img|iframe|object|embed)\b|url\(|@import/)
  })

  it('keeps hostile names as data: the document survives the page unchanged', () => {
    const [, data] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page)!
    expect(data).not.toContain('<')
    expect(JSON.parse(data)).toEqual(JSON.parse(files['report.json']))
    expect(JSON.parse(data).behaviours.map((behaviour: { name: string }) => behaviour.name)).toEqual(
      expect.arrayContaining(hostile),
    )
  })

  it('says where the figures come from: rule, split, simulated data, n and intervals', () => {
    expect(fixture.document).toMatchObject({ simulated: true, split: 'test', rule: { name: 'share' } })
    expect(page).toContain('Simulated data.')
    const [header, first] = files['summary.csv'].split('\r\n')
    expect(header).toBe('name,kind,metric,value,low95,high95,targets,unseen_targets,split')
    const { evaluation } = fixture.inputs[0]
    expect(first).toBe(
      [
        'ce',
        'run',
        'accuracy',
        evaluation.accuracy,
        ...evaluation.intervals.accuracy,
        evaluation.targets,
        evaluation.unseenTargets,
        'test',
      ].join(','),
    )
  })

  it('has a line for every run and class in behaviours.csv, with formulas disarmed', () => {
    const { dataset, inputs } = fixture
    const text = files['behaviours.csv']
    expect(text).toContain(`"'=HYPERLINK(""http://x"",""y"")"`)
    // One name holds a line feed of its own, never a carriage return.
    expect(text.split('\r\n')).toHaveLength(1 + inputs.length * dataset.behaviours.length + 1)
  })

  it('has every group of every run and baseline in groups.csv', () => {
    expect(files['groups.csv'].trimEnd().split('\r\n')).toHaveLength(1 + 3 * (2 + 4))
  })
})

describe('CSV', () => {
  it('quotes as of RFC 4180 and leaves numbers alone', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x"y', -1.5],
          ['l\nm', null],
          [',', Number.NaN],
        ],
      ),
    ).toBe('a,b\r\n"x""y",-1.5\r\n"l\nm",\r\n",",\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('disarms %j', (text) => {
    expect(toCsv(['a'], [[text]])).toMatch(/^a\r\n"?'/)
  })
})

describe('inlining', () => {
  it('cannot end a script element', () => {
    expect(inlineScript('a="</SCRIPT>"; b="<!--"; c = 1 < 2')).toBe('a="\\x3c/SCRIPT>"; b="\\x3c!--"; c = 1 < 2')
    expect(JSON.parse(inlineJson(hostile))).toEqual(hostile)
  })
})

describe('confusions', () => {
  it('are counted by pair, with shares of the target behaviour', () => {
    const target = Int32Array.of(0, 0, 0, 1, 1, 2, 3)
    const predicted = Int32Array.of(0, 1, 1, 0, 1, 2, 0)
    const found = confusions({
      classes: 3,
      user: new Int32Array(7),
      event: Int32Array.from(target.keys()),
      target,
      predicted,
    })
    expect(found.pairs).toEqual([
      { target: 0, predicted: 1, count: 2, share: 2 / 3 },
      { target: 1, predicted: 0, count: 1, share: 1 / 2 },
    ])
    expect(found.classes).toEqual([0, 1])
    expect(found.cells).toContainEqual([0, 0, 1, 1 / 3])
  })
})

describe('thinning', () => {
  it('keeps ends, spikes and order', () => {
    const line = Array.from({ length: 10_000 }, (_, x): Point => [x, x === 7777 ? 100 : Math.sin(x / 500)])
    const thin = thinLine(line, 200)
    expect(thin).toHaveLength(200)
    expect([thin[0], thin[199]]).toEqual([line[0], line[9999]])
    expect(thin).toContainEqual([7777, 100])
    expect(thin.every(([x], index) => index === 0 || x > thin[index - 1][0])).toBe(true)
    expect(thinLine(line.slice(0, 10), 200)).toEqual(line.slice(0, 10))
  })

  it('keeps the first ranks and spaces the others evenly in their logarithm', () => {
    expect(logarithmicRanks(5, 10)).toEqual([1, 2, 3, 4, 5])
    const ranks = logarithmicRanks(50_000, 500)
    expect(ranks.length).toBeLessThanOrEqual(500)
    expect(ranks.slice(0, 3)).toEqual([1, 2, 3])
    expect(ranks.at(-1)).toBe(50_000)
  })
})
