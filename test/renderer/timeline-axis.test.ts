import { expect, test } from 'vitest'
import { SvgContext } from '../../src/renderer/components/sequence/svg-context.ts'
import { draw, type Scene } from '../../src/renderer/components/sequence/timeline-drawing.ts'
import { axisHeight, lanesOf, packRows } from '../../src/renderer/components/sequence/timeline-layout.ts'
import { makeScale, type ScaleKind } from '../../src/renderer/components/sequence/timeline-scale.ts'

const hour = 3_600_000

/** Texts of the picture of events at these hours after a midnight, and where they are; a text takes 6 pixels a letter. */
function textsOf(kind: ScaleKind, hours: readonly number[]): { x: number; y: number; text: string }[] {
  const events = hours.map((each) => ({ time: each * hour, behaviour: 'walk', location: null }))
  const scale = makeScale(kind, events)
  const lanes = lanesOf(200, events)
  const day = (time: number) => `day ${Math.floor(time / (24 * hour))}`
  const context = new SvgContext('#ffffff', (text) => 6 * text.length)
  draw(context, {
    events,
    scale,
    lanes,
    view: { from: scale.start, until: scale.end },
    ...packRows(scale, 1, lanes.behaviours.rows),
    width: 600,
    height: 200,
    selected: null,
    span: null,
    hovered: null,
    colours: {} as Scene['colours'],
    dark: false,
    colourOf: () => ({ fill: '#111111', text: '#ffffff' }) as never,
    words: {
      clock: (time) => `${(time / hour) % 24} h`,
      date: day,
      dateOfYear: day,
      length: () => '',
      surpriseLane: () => '',
    },
  })
  const texts = context.toSvg(600, 200).matchAll(/<text x="([\d.-]+)" y="([\d.]+)"[^>]*>([^<]*)</g)
  return [...texts].map(([, x, y, text]) => ({ x: Number(x), y: Number(y), text: text! }))
}

/** Those of the axis. */
const axisOf = (kind: ScaleKind, hours: readonly number[]) =>
  textsOf(kind, hours)
    .filter(({ y }) => y === axisHeight / 2)
    .map(({ x, text }): [number, string] => [x, text])

test.each(['time', 'order'] as const)('by %s, the axis tells the day also where none begins in view', (kind) => {
  expect(axisOf(kind, [32, 33, 34, 35])[0]).toEqual([4, 'day 1'])
})

test.each(['time', 'order'] as const)('by %s, a day that begins at the left edge is told once', (kind) => {
  const days = axisOf(kind, [48.1, 50, 60, 70, 80]).filter(([, text]) => text.startsWith('day'))
  expect(days.map(([, text]) => text)).toEqual([...new Set(days.map(([, text]) => text))])
  expect(days[0]![1]).toBe('day 2')
})

test('nothing on the axis stands in the way of the day', () => {
  const [[, day], [next]] = axisOf('time', [32, 33, 34, 35]) as [[number, string], [number, string]]
  expect(next).toBeGreaterThan(4 + 6 * day.length)
})

test('of many events at one time as many are drawn as there is room for, and the rest is counted', () => {
  const codes = textsOf('time', [...Array.from({ length: 26 }, () => 30), 60]).filter(({ text }) =>
    /^(Wa|\+)/.test(text),
  )
  const shown = codes.filter(({ text }) => text === 'Wa').length
  expect(codes.filter(({ text }) => text.startsWith('+')).map(({ text }) => text)).toEqual([`+${27 - shown}`])
})
