import { expect, test } from 'vitest'
import { linesOf, pictureOption } from '../../src/renderer/charts/picture.ts'

const head = {
  title: 'Events over time',
  lines: ['Of all behaviours.', 'In UTC.'],
  colour: '#000',
  mutedColour: '#666',
}

test('the picture of a chart has its title and what it shows above it, and all else as far below', () => {
  const chart = { grid: { top: 34, bottom: 40 }, legend: { top: 0 }, visualMap: { top: 34 }, series: [] }
  const { option, higher } = pictureOption(chart, head)
  expect(option.title).toMatchObject({ text: 'Events over time', subtext: 'Of all behaviours.\nIn UTC.' })
  expect(option.grid).toEqual({ top: 34 + higher, bottom: 40 })
  expect(option.legend).toEqual({ top: higher })
  expect(option.visualMap).toEqual({ top: 34 + higher })
  expect(pictureOption({ grid: [{ top: 34, height: 190 }, { top: 252 }] }, head).option.grid).toEqual([
    { top: 34 + higher, height: 190 },
    { top: 252 + higher },
  ])
})

test('the picture of a chart shows the stretch that is in view, without the slider and its room', () => {
  const dataZoom = [{ type: 'inside' }, { type: 'slider', height: 22, bottom: 8 }]
  const chart = { grid: { top: 34, bottom: 76 }, dataZoom }
  const zoomed = [
    { start: 10, end: 60 },
    { start: 10, end: 60 },
  ]
  const { option, higher } = pictureOption(chart, head, zoomed)
  expect(option.dataZoom).toMatchObject([
    { type: 'inside', start: 10, end: 60 },
    { type: 'slider', show: false, start: 10, end: 60 },
  ])
  expect(option.grid).toEqual({ top: 34 + higher + 30, bottom: 46 })
})

test('what a picture shows is told in lines that fit, at most five', () => {
  const widthOf = (text: string) => text.length
  expect(linesOf('Events over time of all.', 12, widthOf)).toEqual(['Events over', 'time of all.'])
  expect(linesOf('全部行为的事件随时间', 5, widthOf)).toEqual(['全部行为的', '事件随时间'])
  expect(linesOf('a b c d e f g', 1, widthOf)).toEqual(['a', 'b', 'c', 'd', 'e…'])
  expect(linesOf('', 5, widthOf)).toEqual([])
})
