import type { EChartsCoreOption } from 'echarts/core'
import { idleMoment } from '../idle.ts'
import { init } from './echarts.ts'

const points = [
  [1, 2],
  [2, 3],
]

/** What charts of the pages are made of, one thing after the other on one small chart. */
const steps: EChartsCoreOption[] = [
  { animation: false, xAxis: { type: 'value' }, yAxis: { type: 'log' } },
  { series: [{ id: 'line', name: 'line', type: 'line', data: points, areaStyle: {} }] },
  { legend: { type: 'scroll' } },
  { tooltip: { trigger: 'axis', renderMode: 'richText' }, aria: { enabled: true } },
  { series: [{ id: 'scatter', type: 'scatter', data: points, large: true, markLine: { data: [{ xAxis: 2 }] } }] },
  { dataZoom: [{ type: 'inside' }, { type: 'slider' }] },
  { series: [{ id: 'bar', type: 'bar', data: points }] },
  { visualMap: { min: 0, max: 2, seriesIndex: [] }, series: [{ id: 'heatmap', type: 'heatmap', data: [] }] },
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
    chart.setOption(step)
  }
  chart.dispose()
}
