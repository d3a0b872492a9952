/** What ECharts is without any kind of chart, as a file of its own: in one with the rest, a browser took 55 to 70 ms to take it up, in which it answers nobody. */
export { init, use } from 'echarts/core'
