import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  type Feed,
  type Graph,
  gradients,
  interpret,
  multiply,
  reduceSum,
  square,
  toOnnx,
  type Value,
} from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { type Case, constantLike, differentiable } from './support/cases.ts'
import { difference, instantiate, propertySeed, randomFeed } from './support/evaluation.ts'
import { operatorsOf, webgpuOperators } from './support/operators.ts'

const seeds = fc.integer()

async function holds(
  arbitrary: fc.Arbitrary<Case>,
  numRuns: number,
  check: (instance: Case, seed: number) => Promise<void> | void,
) {
  await fc.assert(
    fc.asyncProperty(arbitrary, seeds, async (instance, seed) => check(instance, seed)),
    {
      numRuns,
      seed: propertySeed,
    },
  )
}

describe.each(Object.entries({ ...differentiable, ...constantLike }))('%s', (_, arbitrary) => {
  test('has the value that ONNX Runtime computes, for both targets', async () => {
    await holds(arbitrary, 8, async (instance, seed) => {
      const { graph, feeds } = instantiate(instance, seed)
      const expected = interpret(graph, feeds)
      for (const target of ['cpu', 'portable'] as const) {
        const model = toOnnx(graph, { target, optimize: false })
        const actual = await runOnnx(model, feeds)
        for (const [name, tensor] of Object.entries(expected))
          expect(difference(actual[name], tensor)).toBeLessThan(1e-5)
        if (target === 'portable') expect(webgpuOperators).toEqual(expect.arrayContaining(operatorsOf(model)))
      }
    })
  })
})

/** A scalar that depends on every element of every result with a weight of its own. */
function weightedSum(results: readonly Value[], next: () => number): Value {
  return results
    .map((result) => {
      const shape = result.shape as number[]
      return reduceSum(multiply(result, result.graph.constant(Array.from(randomFeed({ shape }, next).data), shape)))
    })
    .reduce((sum, term) => add(sum, term))
}

const step = 1e-5

/** Compares the gradients of a graph's output `loss` by its inputs with central differences of that output. */
function expectGradients(
  graph: Graph,
  loss: Value,
  inputs: readonly { name: string; value: Value }[],
  feeds: Record<string, Feed>,
) {
  graph.output('loss', loss)
  const found = gradients(
    loss,
    inputs.map(({ value }) => value),
  )
  for (const [index, gradient] of found.entries()) graph.output(`d ${inputs[index].name}`, gradient)
  const computed = interpret(graph, feeds)
  for (const { name } of inputs) {
    const { shape, data } = feeds[name]
    const lossWith = (at: number, change: number) => {
      const moved = Array.from(data)
      moved[at] += change
      return interpret(graph, { ...feeds, [name]: { shape, data: moved } }).loss.data[0]
    }
    const expected = Array.from(data, (_, at) => (lossWith(at, step) - lossWith(at, -step)) / (2 * step))
    expect(difference(computed[`d ${name}`], { shape, data: expected })).toBeLessThan(1e-6)
  }
}

describe.each(Object.entries(differentiable))('%s', (_, arbitrary) => {
  test('has the derivative that central differences give', async () => {
    await holds(arbitrary, 10, (instance, seed) => {
      const { graph, results, feeds, next } = instantiate(instance, seed)
      const inputs = graph.inputs.filter(({ value }) => value.type === 'float32')
      expectGradients(graph, weightedSum(results, next), inputs, feeds)
    })
  })

  test('has a derivative that can be differentiated again', async () => {
    await holds(arbitrary, 4, (instance, seed) => {
      const { graph, results, feeds, next } = instantiate(instance, seed)
      const inputs = graph.inputs.filter(({ value }) => value.type === 'float32')
      // Squares, so that even the gradient of a linear operation depends on its input.
      const loss = weightedSum(results.map(square), next)
      const first = gradients(
        loss,
        inputs.map(({ value }) => value),
      )
      expectGradients(graph, weightedSum(first, next), inputs, feeds)
    })
  })
})

describe.each(Object.entries(constantLike).filter(([name]) => ['floor', 'sign', 'stopGradient'].includes(name)))(
  '%s',
  (_, arbitrary) => {
    test('lets no gradient through', async () => {
      await holds(arbitrary, 3, (instance, seed) => {
        const { graph, values, results, feeds } = instantiate(instance, seed)
        graph.output('d', gradients(reduceSum(results[0]), values)[0])
        expect(interpret(graph, feeds).d.data.every((element) => element === 0)).toBe(true)
      })
    })
  },
)
