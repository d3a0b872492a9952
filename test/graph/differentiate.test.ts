import { expect, test } from 'vitest'
import {
  add,
  exp,
  Graph,
  gradients,
  interpret,
  multiply,
  reduceSum,
  stopGradient,
  toOnnx,
  type Value,
} from '../../src/main/graph/index.ts'
import { type OnnxFeed, runOnnx } from '../support/run-onnx.ts'
import { difference, randomFeed, uniform } from './support/evaluation.ts'
import { declareBlock, parameterShapes, sizes, transformerBlock, weightedLoss } from './support/transformer-block.ts'

function scalarGradient(build: (x: Value) => Value, at: number): number {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [])
  graph.output('dx', gradients(build(x), [x])[0])
  return interpret(graph, { x: { data: [at], shape: [] } }).dx.data[0]
}

test('sums the gradient over every use of a value', () => {
  expect(scalarGradient((x) => add(multiply(x, x), multiply(x, 3)), 5)).toBe(13)
})

test('differentiates its own derivatives', () => {
  const cubed = (x: Value) => multiply(x, multiply(x, x))
  expect(scalarGradient((x) => gradients(cubed(x), [x])[0], 2)).toBe(12)
})

test('stops where it is told to', () => {
  expect(scalarGradient((x) => multiply(x, stopGradient(x)), 5)).toBe(5)
})

test('gives gradients by values in the middle of the graph', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [])
  const middle = multiply(x, 2)
  graph.output('d', gradients(exp(middle), [middle])[0])
  expect(interpret(graph, { x: { data: [1], shape: [] } }).d.data[0]).toBeCloseTo(Math.exp(2), 12)
})

test('gives zeros for a value that the loss does not depend on', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const unused = graph.input('unused', 'float32', [3, 1])
  graph.output('d', gradients(reduceSum(x), [unused])[0])
  const { d } = interpret(graph, { x: { data: [1, 2], shape: [2] }, unused: { data: [1, 2, 3], shape: [3, 1] } })
  expect(d).toEqual({ data: new Float64Array(3), shape: [3, 1] })
})

test('refuses a loss that is not a scalar, naming its shape', () => {
  const x = new Graph().input('x', 'float32', [2, 3])
  expect(() => gradients(x, [x])).toThrow('gradients: the loss must be a float32 scalar, not float32 [2, 3]')
})

test('the gradient of a whole transformer block is that of central differences, in the interpreter and in ONNX Runtime', async () => {
  const graph = new Graph()
  const shape = [3, sizes.longest]
  const { tokens, parameters } = declareBlock(graph, shape)
  const targets = graph.input('targets', 'int32', shape)
  const weights = graph.input('weights', 'float32', shape)
  const loss = weightedLoss(transformerBlock(tokens, parameters), targets, weights)
  graph.output('loss', loss)
  const names = Object.keys(parameterShapes) as (keyof typeof parameterShapes)[]
  const found = gradients(
    loss,
    names.map((name) => parameters[name]),
  )
  for (const [index, name] of names.entries()) graph.output(`d ${name}`, found[index])

  const next = uniform(7)
  const feeds: Record<string, OnnxFeed> = {
    tokens: randomFeed({ shape, type: 'int32', from: 0, to: sizes.vocabulary }, next),
    targets: randomFeed({ shape, type: 'int32', from: 0, to: sizes.vocabulary }, next),
    weights: randomFeed({ shape, from: 0, to: 2 }, next),
  }
  for (const name of names) feeds[name] = randomFeed({ shape: parameterShapes[name], from: -1, to: 1 }, next)
  const expected = interpret(graph, feeds)

  const step = 1e-5
  for (const name of names) {
    const { data, shape: parameterShape } = feeds[name]
    const lossWith = (at: number, change: number) => {
      const moved = Array.from(data)
      moved[at] += change
      return interpret(graph, { ...feeds, [name]: { data: moved, shape: parameterShape } }).loss.data[0]
    }
    // A few elements of each parameter: every one of them would take long and show nothing more.
    for (let at = 0; at < data.length; at += 1 + Math.floor(data.length / 4)) {
      const difference = (lossWith(at, step) - lossWith(at, -step)) / (2 * step)
      expect(expected[`d ${name}`].data[at], `${name}[${at}]`).toBeCloseTo(difference, 7)
    }
  }
  for (const target of ['cpu', 'portable'] as const) {
    const actual = await runOnnx(toOnnx(graph, { target }), feeds)
    for (const [name, tensor] of Object.entries(expected))
      expect(difference(actual[name], tensor), name).toBeLessThan(1e-5)
  }
})
