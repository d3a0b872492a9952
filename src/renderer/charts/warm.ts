import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { idleMoment } from '../idle.ts'
import { init } from './echarts.ts'

const points = [
  [1, 2],
  [2, 3],
]

/**
 * What every chart is made of, and what some are, one thing after the other on one small chart that nobody sees. The browser compiles a function when it is first called,
 * and the first chart calls thousands of them: in one go that takes 100 ms and more, which a click would wait for. Each of these takes 5 to 13 ms.
 */
const ofEveryChart: EChartsCoreOption[] = [
  { animation: false },
  { xAxis: { id: 'x', type: 'value', show: false }, yAxis: { id: 'y', type: 'value', show: false } },
  { xAxis: { id: 'x', show: true, axisLabel: { show: false }, splitLine: { show: false } } },
  { xAxis: { id: 'x', name: 'x', axisLabel: { show: true }, splitLine: { show: true } } },
  { yAxis: { id: 'y', show: true } },
  { legend: { type: 'scroll' }, series: [{ name: 'line', type: 'line', data: [] }] },
  { series: [{ name: 'line', type: 'line', data: points }] },
]
const ofSome: EChartsCoreOption[] = [
  { yAxis: { id: 'logarithmic', type: 'log' }, series: [] },
  { series: [{ name: 'line', type: 'line', data: points, areaStyle: {} }] },
  { series: [{ name: 'bar', type: 'bar', data: points }] },
  { series: [{ name: 'scatter', type: 'scatter', data: [], large: true }] },
  { series: [{ name: 'scatter', type: 'scatter', data: points, large: true }] },
  { series: [{ name: 'scatter', type: 'scatter', data: [], markLine: { data: [{ xAxis: 2 }] } }] },
  { visualMap: { min: 0, max: 2, show: false, seriesIndex: [] }, series: [] },
  { series: [{ type: 'heatmap', data: [] }] },
  { tooltip: { trigger: 'axis', renderMode: 'richText' }, series: [] },
  { aria: { enabled: true } },
  { dataZoom: [{ type: 'inside' }] },
  { dataZoom: [{ type: 'inside' }, { type: 'slider' }] },
]

let chart: EChartsType | undefined

/** Makes the next thing that every chart is made of; false when there is none left, and a chart can be drawn. */
export const warmStep = (): boolean => step(ofEveryChart)

/** Whether also what only some charts are made of has been. */
export const isEverythingWarm = (): boolean => ofEveryChart.length + ofSome.length === 0

/** Makes all of them in idle moments, before somebody asks for a chart. */
export async function warmCharts(): Promise<void> {
  do await idleMoment()
  while (step(ofEveryChart) || step(ofSome))
  chart?.dispose()
}

function step(left: EChartsCoreOption[]): boolean {
  const option = left.shift()
  if (option === undefined) return false
  chart ??= init(document.createElement('div'), undefined, { renderer: 'canvas', width: 320, height: 200 })
  chart.setOption(option, { replaceMerge: ['series'] })
  return true
}
