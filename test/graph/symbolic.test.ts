import { describe, expect, test } from 'vitest'
import {
  concat,
  cumulativeSum,
  embed,
  filled,
  Graph,
  gather,
  interpret,
  layerNormalization,
  multiply,
  multiplyDimensions,
  narrowLike,
  oneHot,
  pick,
  range,
  reshape,
  scatterAdd,
  slice,
  toOnnx,
  transpose,
} from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { difference, randomFeed, uniform } from './support/evaluation.ts'
import { declareBlock, parameterShapes, sizes, transformerBlock } from './support/transformer-block.ts'

const batches = [
  [1, 1],
  [1, 4],
  [3, 2],
  [5, 3],
]

describe.each(['cpu', 'portable'] as const)('target %s', (target) => {
  test('one model serves every batch size and length', async () => {
    const graph = new Graph()
    const { tokens, parameters } = declareBlock(graph, ['batch', 'length'])
    graph.output('logits', transformerBlock(tokens, parameters))
    const model = toOnnx(graph, { target })
    const next = uniform(3)
    const entries = Object.entries(parameterShapes).map(([name, shape]) => [name, randomFeed({ shape }, next)])
    for (const shape of batches) {
      const feeds = Object.fromEntries(entries)
      feeds.tokens = randomFeed({ shape, type: 'int32', from: 0, to: sizes.vocabulary }, next)
      const { logits } = interpret(graph, feeds)
      expect(logits.shape).toEqual([...shape, sizes.vocabulary])
      expect(difference((await runOnnx(model, feeds)).logits, logits)).toBeLessThan(1e-5)
    }
  })

  test('operations take their sizes from the inputs when the graph runs', async () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', ['batch', 'length', 4])
    const ids = graph.input('ids', 'int32', ['batch', 'length'])
    const rows = reshape(x, [-1, 4])
    expect(rows.shape).toEqual(['batch*length', 4])
    graph.output('rows', rows)
    graph.output('merged', reshape(transpose(x, [1, 0, 2]), ['length', -1]))
    graph.output('apart', reshape(rows, ['length', 'batch', 2, 2]))
    graph.output('joined', concat([x, x], 1))
    graph.output('lengthened', concat([x, slice(x, 1, 0, 1)], 1))
    graph.output('counts', cumulativeSum(oneHot(ids, 4), 1))
    graph.output('picked', pick(x, ids))
    graph.output('gathered', gather(rows, ids))
    graph.output('scattered', scatterAdd(x, ids, 4))
    graph.output('added to as many rows', scatterAdd(x, ids, multiplyDimensions('batch', 'length')))
    graph.output('positions', range(graph, multiplyDimensions(2, 'length')))
    graph.output('narrow', narrowLike(graph.constant(new Float32Array(40), [8, 5]), 0, x, 1))
    graph.output('embedded', embed(slice(x, 1, 0, 1), 1, 0, 'length'))
    graph.output('filled', filled(graph, ['length', 2], 3))
    graph.output('normal', layerNormalization(multiply(x, 2)))
    const model = toOnnx(graph, { target })
    const next = uniform(4)
    for (const shape of batches) {
      const feeds = {
        x: randomFeed({ shape: [...shape, 4] }, next),
        ids: randomFeed({ shape, type: 'int32', from: 0, to: 1 }, next),
      }
      const actual = await runOnnx(model, feeds)
      for (const [name, tensor] of Object.entries(interpret(graph, feeds))) {
        expect(difference(actual[name], tensor), `${name} of ${shape}`).toBeLessThan(1e-5)
      }
    }
  })
})

test('a size that no input has is an error when the graph is written or interpreted', () => {
  const graph = new Graph()
  graph.output('positions', range(graph, 'length'))
  const message = 'the size of symbolic dimension length occurs in no input'
  expect(() => toOnnx(graph, { target: 'cpu' })).toThrow(message)
  expect(() => interpret(graph, {})).toThrow(message)
})

test('feeds that contradict each other are refused', () => {
  const graph = new Graph()
  graph.input('a', 'float32', ['n'])
  graph.input('b', 'float32', ['n', 2])
  const feeds = { a: { data: [1, 2], shape: [2] }, b: { data: [1, 2], shape: [1, 2] } }
  expect(() => interpret(graph, feeds)).toThrow('input b is fed 2 elements of [1, 2], but is float32 [n, 2] with n=2')
})
