import type { EChartsCoreOption } from 'echarts/core'
import { idleMoment } from '../idle.ts'
import { init } from './echarts.ts'

const points = [
  [1, 2],
  [2, 3],
]

/** What charts of the pages are made of, one thing after the other on one small chart: each is as much as a click can wait for on a machine that also trains. */
const steps: EChartsCoreOption[] = [
  { animation: false },
  { xAxis: { id: 'x', type: 'value', show: false }, yAxis: { id: 'y', type: 'value', show: false } },
  { xAxis: { id: 'x', show: true, axisLabel: { show: false }, splitLine: { show: false } } },
  { xAxis: { id: 'x', name: 'x', axisLabel: { show: true }, splitLine: { show: true } } },
  { yAxis: { id: 'y', show: true } },
  { yAxis: { id: 'logarithmic', type: 'log' } },
  { series: [{ name: 'line', type: 'line', data: [] }] },
  { series: [{ name: 'line', type: 'line', data: points }] },
  { series: [{ name: 'line', type: 'line', data: points, areaStyle: {} }] },
  { series: [{ name: 'bar', type: 'bar', data: points }] },
  { series: [{ name: 'scatter', type: 'scatter', data: [], large: true }] },
  { series: [{ name: 'scatter', type: 'scatter', data: points, large: true }] },
  { series: [{ name: 'scatter', type: 'scatter', data: [], markLine: { data: [{ xAxis: 2 }] } }] },
  { visualMap: { min: 0, max: 2, show: false, seriesIndex: [] }, series: [] },
  { series: [{ type: 'heatmap', data: [] }] },
  { legend: { type: 'scroll' }, series: [] },
  { series: [{ name: 'line', type: 'line', data: [] }] },
  { tooltip: { trigger: 'axis', renderMode: 'richText' }, series: [] },
  { aria: { enabled: true } },
  { dataZoom: [{ type: 'inside' }] },
  { dataZoom: [{ type: 'inside' }, { type: 'slider' }] },
]

/**
 * Draws a chart where nobody sees it, a step in each idle moment. The browser compiles a function when it is first called, and the first chart calls thousands of them: in one
 * go that takes 100 ms, which a person would wait for on the page that they have just opened.
 */
export async function warmCharts(): Promise<void> {
  await idleMoment()
  const chart = init(document.createElement('div'), undefined, { renderer: 'canvas', width: 320, height: 200 })
  for (const step of steps) {
    await idleMoment()
    chart.setOption(step, { replaceMerge: ['series'] })
  }
  chart.dispose()
}
