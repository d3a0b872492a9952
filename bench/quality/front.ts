import * as echarts from 'echarts'
import type { Interval } from '../../src/shared/evaluation.ts'
import type { Measurement } from './experiment.ts'

/** One point of the picture: a configuration and adjustment, over its seeds; or a trivial baseline. */
export interface Point {
  name: string
  objective: string
  seeds: number
  accuracy: number
  macroRecall: number
  macroPrecision: number
  nll: number | null
  groupMacroRecall: { head: number | null; middle: number | null; tail: number | null }
  /** Smallest and largest seed. */
  accuracySpread: Interval
  macroRecallSpread: Interval
  /** Bootstrap over users, 95 %: mean of the seeds' bounds. */
  accuracyInterval: Interval | null
  macroRecallInterval: Interval | null
  /** No other point has both a higher accuracy and a higher macro recall. */
  onFront: boolean
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const spread = (values: readonly number[]): Interval => [Math.min(...values), Math.max(...values)]

/** Points of the measurements, seeds together, and of the baselines, best accuracy first. */
export function summarise(measurements: readonly Measurement[]): Point[] {
  const groups = Map.groupBy(measurements, ({ configuration, adjustment }) =>
    adjustment === 0 ? configuration : `${configuration} - ${adjustment} log p`,
  )
  const points = [...groups].map(([name, members]) => pointOf(name, members))
  const [first] = measurements
  if (first !== undefined) {
    for (const [name, result] of Object.entries(first.evaluation.baselines)) {
      points.push({
        name: `(${name})`,
        objective: 'baseline',
        seeds: 0,
        accuracy: result.accuracy,
        macroRecall: result.macroRecall,
        macroPrecision: result.macroPrecision,
        nll: null,
        groupMacroRecall: {
          head: result.groups.head.macroRecall,
          middle: result.groups.middle.macroRecall,
          tail: result.groups.tail.macroRecall,
        },
        accuracySpread: [result.accuracy, result.accuracy],
        macroRecallSpread: [result.macroRecall, result.macroRecall],
        accuracyInterval: null,
        macroRecallInterval: null,
        onFront: false,
      })
    }
  }
  for (const point of points) point.onFront = !points.some((other) => dominates(other, point))
  return points.sort((a, b) => b.accuracy - a.accuracy)
}

function pointOf(name: string, members: readonly Measurement[]): Point {
  const values = (figure: (evaluation: Measurement['evaluation']) => number) =>
    members.map(({ evaluation }) => figure(evaluation))
  const bounds = (figure: string): Interval | null => {
    const intervals = members.flatMap(({ evaluation }) => evaluation.intervals[figure] ?? [])
    if (intervals.length === 0) return null
    const of = members.map(({ evaluation }) => evaluation.intervals[figure])
    return [mean(of.map(([low]) => low)), mean(of.map(([, high]) => high))]
  }
  const group = (part: 'head' | 'middle' | 'tail') => {
    const recalls = members.flatMap(({ evaluation }) => evaluation.groups[part].macroRecall ?? [])
    return recalls.length === 0 ? null : mean(recalls)
  }
  return {
    name,
    objective: members[0].objective,
    seeds: members.length,
    accuracy: mean(values((evaluation) => evaluation.accuracy)),
    macroRecall: mean(values((evaluation) => evaluation.macroRecall)),
    macroPrecision: mean(values((evaluation) => evaluation.macroPrecision)),
    nll: mean(values((evaluation) => evaluation.nll)),
    groupMacroRecall: { head: group('head'), middle: group('middle'), tail: group('tail') },
    accuracySpread: spread(values((evaluation) => evaluation.accuracy)),
    macroRecallSpread: spread(values((evaluation) => evaluation.macroRecall)),
    accuracyInterval: bounds('accuracy'),
    macroRecallInterval: bounds('macroRecall'),
    onFront: false,
  }
}

function dominates(a: Point, b: Point): boolean {
  const isAsGood = a.accuracy >= b.accuracy && a.macroRecall >= b.macroRecall
  return isAsGood && (a.accuracy > b.accuracy || a.macroRecall > b.macroRecall)
}

/** A Markdown table; changes are relative to the configuration `ce`, `*` marks the Pareto front. */
export function table(points: readonly Point[]): string {
  const reference = points.find(({ name }) => name === 'ce')
  const share = (value: number | null) => (value === null ? '' : value.toFixed(3).replace(/^0/, ''))
  const interval = (value: Interval | null) => (value === null ? '' : ` [${share(value[0])}, ${share(value[1])}]`)
  const change = (value: number, of: number | undefined) => {
    if (of === undefined) return ''
    const percent = 100 * (value / of - 1)
    return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`
  }
  const rows = points.map((point) => [
    `${point.name}${point.onFront ? ' *' : ''}`,
    String(point.seeds || ''),
    `${share(point.accuracy)}${interval(point.accuracyInterval)}`,
    change(point.accuracy, reference?.accuracy),
    `${share(point.macroRecall)}${interval(point.macroRecallInterval)}`,
    change(point.macroRecall, reference?.macroRecall),
    share(point.macroPrecision),
    Object.values(point.groupMacroRecall).map(share).join(' / '),
    point.nll?.toFixed(3) ?? '',
  ])
  const header = [
    'configuration',
    'seeds',
    'accuracy [95 % over users]',
    'against ce',
    'macro recall [95 % over users]',
    'against ce',
    'macro precision',
    'head / middle / tail macro recall',
    'NLL',
  ]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Accuracy against macro recall as SVG: one mark per point with its spread over seeds, and the Pareto front as a line. */
export function picture(title: string, points: readonly Point[]): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1000, height: 700 })
  const offsets = labelOffsets(points)
  const series = (name: string, of: readonly Point[], color: string) => ({
    name,
    type: 'scatter' as const,
    symbolSize: 10,
    itemStyle: { color },
    data: of.map((point) => ({
      name: point.name,
      value: [point.macroRecall, point.accuracy],
      label: { offset: [0, offsets.get(point.name) ?? 0] },
    })),
    label: { show: true, formatter: '{b}', position: 'right' as const, fontSize: 11 },
  })
  const isDro = ({ objective }: Point) => /dro|sample/.test(objective)
  const isBaseline = ({ objective }: Point) => objective === 'baseline'
  const front = points.filter(({ onFront }) => onFront).sort((a, b) => a.macroRecall - b.macroRecall)
  chart.setOption({
    animation: false,
    title: { text: title, left: 'center' },
    legend: { bottom: 0 },
    grid: { left: 70, right: 140, top: 50, bottom: 80 },
    xAxis: { type: 'value', name: 'macro recall', nameLocation: 'middle', nameGap: 30, scale: true },
    yAxis: { type: 'value', name: 'accuracy', nameLocation: 'middle', nameGap: 45, scale: true },
    series: [
      series('robust objectives', points.filter(isDro), '#c23531'),
      series(
        'other objectives and adjustments',
        points.filter((point) => !isDro(point) && !isBaseline(point)),
        '#2f4554',
      ),
      series('trivial baselines', points.filter(isBaseline), '#999999'),
      {
        name: 'Pareto front',
        type: 'line',
        showSymbol: false,
        lineStyle: { color: '#61a0a8', type: 'dashed' },
        data: front.map(({ macroRecall, accuracy }) => [macroRecall, accuracy]),
      },
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

/** How far down, in pixels, each label must move so that none covers another: labels are placed from the top, each below those it would meet. */
function labelOffsets(points: readonly Point[]): Map<string, number> {
  const [lineHeight, labelWidth, plotWidth, plotHeight] = [13, 130, 790, 570]
  const scaleOf = (values: number[], pixels: number) => pixels / (Math.max(...values) - Math.min(...values) || 1)
  const across = scaleOf(
    points.map(({ macroRecall }) => macroRecall),
    plotWidth,
  )
  const down = scaleOf(
    points.map(({ accuracy }) => accuracy),
    plotHeight,
  )
  const placed: { x: number; y: number }[] = []
  const offsets = new Map<string, number>()
  for (const { name, macroRecall, accuracy } of [...points].sort((a, b) => b.accuracy - a.accuracy)) {
    const x = macroRecall * across
    const natural = -accuracy * down
    const meets = (at: number) =>
      placed.some((label) => Math.abs(label.x - x) < labelWidth && Math.abs(label.y - at) < lineHeight)
    let y = natural
    while (meets(y)) y++
    placed.push({ x, y })
    offsets.set(name, y - natural)
  }
  return offsets
}
