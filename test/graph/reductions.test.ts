import { expect, test } from 'vitest'
import {
  Graph,
  reduceMaximum,
  reduceMean,
  reduceMinimum,
  reduceSum,
  type Target,
  toOnnx,
} from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'

test.each(['cpu', 'portable'] as Target[])('a reduction over no axes changes nothing (%s)', async (target) => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['rows', 2])
  for (const reduce of [reduceSum, reduceMean, reduceMaximum, reduceMinimum]) {
    graph.output(reduce.name, reduce(x, { axes: [] }))
  }
  const feed = { data: [1, -2, 3, 4], shape: [2, 2] }
  for (const result of Object.values(await runOnnx(toOnnx(graph, { target, optimize: false }), { x: feed }))) {
    expect({ data: [...result.data], shape: result.shape }).toEqual(feed)
  }
})
