import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  exp,
  expand,
  Graph,
  gradients,
  interpret,
  matmul,
  multiply,
  negate,
  optimize,
  power,
  reduceMean,
  reduceSum,
  reshape,
  sigmoid,
  softmax,
  stopGradient,
  subtract,
  tanh,
  transpose,
  type Value,
} from '../../src/main/graph/index.ts'
import { type Case, differentiable } from './support/cases.ts'
import { difference, instantiate, propertySeed, randomFeed, uniform } from './support/evaluation.ts'

function operationsOf(graph: Graph): string[] {
  return graph.nodes.map(({ operation }) => operation.name)
}

/** What remains of an expression of x [2, 3] and y [2, 3]. */
function optimized(build: (x: Value, y: Value) => Value): string[] {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2, 3])
  graph.output('out', build(x, graph.input('y', 'float32', [2, 3])))
  return operationsOf(optimize(graph))
}

describe('optimize', () => {
  test('computes constants once and for all', () => {
    const graph = new Graph()
    graph.output('out', add(multiply(graph.constant([1, 2, 3]), 2), graph.constant([10])))
    const result = optimize(graph)
    expect(result.nodes).toEqual([])
    expect([...interpret(result, {}).out.data]).toEqual([12, 14, 16])
  })

  test('leaves out what no output needs, but no input', () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', [2])
    exp(x)
    graph.output('out', tanh(x))
    graph.input('unused', 'float32', [5])
    const result = optimize(graph)
    expect(operationsOf(result)).toEqual(['tanh'])
    expect(result.inputs.map(({ name }) => name)).toEqual(['x', 'unused'])
  })

  test('computes equal expressions once', () => {
    expect(optimized((x) => multiply(exp(x), exp(x)))).toEqual(['exp', 'multiply'])
  })

  test('sees equality that other simplifications bring to light', () => {
    expect(optimized((x) => multiply(exp(x), exp(add(x, 0))))).toEqual(['exp', 'multiply'])
  })

  test.each<[string, (x: Value, y: Value) => Value]>([
    ['x + 0', (x) => add(x, 0)],
    ['x 1', (x) => multiply(1, x)],
    ['x - 0', (x) => subtract(x, 0)],
    ['x reshaped and back', (x) => reshape(reshape(x, [6]), [2, 3])],
    ['x transposed twice', (x) => transpose(transpose(x))],
    ['x without gradient', (x) => stopGradient(x)],
    ['x expanded to its own shape', (x) => expand(x, [2, 3])],
    ['x summed over an axis of size 1', (x) => reshape(reduceSum(reshape(x, [2, 1, 3]), { axes: 1 }), [2, 3])],
  ])('%s is x', (_, build) => {
    expect(optimized(build)).toEqual([])
  })

  test('lets arithmetic broadcast instead of expanding first', () => {
    expect(optimized((x, y) => multiply(x, expand(reduceMean(y, { axes: 1, keep: true }), [2, 3])))).toEqual([
      'reduceMean',
      'multiply',
    ])
  })

  test('does not lose the shape that an expansion gives', () => {
    expect(optimized((x) => add(expand(reduceSum(x, { axes: 0, keep: true }), [2, 3]), 1))).toContain('expand')
  })

  test('reads transposed operands of a product in place', () => {
    expect(optimized((x, y) => matmul(x, transpose(y)))).toEqual(['gemm'])
    expect(optimized((x, y) => matmul(transpose(reshape(x, [1, 2, 3])), reshape(y, [1, 2, 3])))).toEqual(
      expect.not.arrayContaining(['transpose']),
    )
  })

  test('counts transpositions of a product twice where they meet', () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', [2, 3])
    const y = graph.input('y', 'float32', [3, 4])
    graph.output('out', matmul(transpose(x), transpose(y), { transposeA: true, transposeB: true }))
    const feeds = { x: randomFeed({ shape: [2, 3] }, uniform(1)), y: randomFeed({ shape: [3, 4] }, uniform(2)) }
    const result = optimize(graph)
    expect(operationsOf(result)).toEqual(['gemm'])
    expect(difference(interpret(result, feeds).out, interpret(graph, feeds).out)).toBe(0)
  })

  test('squares by a product', () => {
    expect(optimized((x) => power(x, 2))).toEqual(['multiply'])
  })

  test.each(Object.entries(differentiable))(
    'keeps the value and the gradient of %s',
    (_, arbitrary: fc.Arbitrary<Case>) => {
      fc.assert(
        fc.property(arbitrary, fc.integer(), (instance, seed) => {
          const { graph, values, results, feeds } = instantiate(instance, seed)
          const loss = results
            .map((result) => reduceSum(multiply(result, result)))
            .reduce((sum, term) => add(sum, term))
          const inputs = values.filter(({ type }) => type === 'float32')
          for (const [index, gradient] of gradients(loss, inputs).entries()) graph.output(`d${index}`, gradient)
          const expected = interpret(graph, feeds)
          const actual = interpret(optimize(graph), feeds)
          for (const [name, tensor] of Object.entries(expected))
            expect(difference(actual[name], tensor)).toBeLessThan(1e-12)
        }),
        { numRuns: 5, seed: propertySeed },
      )
    },
  )

  test('keeps the values of random expressions', () => {
    const unaries = [negate, tanh, sigmoid, softmax, stopGradient, (x: Value) => transpose(reshape(x, [3, 2])), power2]
    const binaries = [
      add,
      subtract,
      multiply,
      (a: Value, b: Value) => add(a, expand(reduceSum(b, { axes: 0 }), [2, 3])),
    ]
    const step = fc.record({ operation: fc.nat(unaries.length + binaries.length - 1), left: fc.nat(), right: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.integer(), (steps, seed) => {
        const graph = new Graph()
        const values = [
          graph.input('x', 'float32', [2, 3]),
          graph.constant([0, 0, 0, 0, 0, 0], [2, 3]),
          graph.constant(1),
        ]
        for (const { operation, left, right } of steps) {
          const a = expand(values[left % values.length], [2, 3])
          const b = values[right % values.length]
          values.push(
            operation < unaries.length
              ? unaries[operation](a)
              : binaries[operation - unaries.length](a, expand(b, [2, 3])),
          )
        }
        graph.output('out', values.at(-1)!)
        const feeds = { x: randomFeed({ shape: [2, 3], from: -1, to: 1 }, uniform(seed)) }
        const result = optimize(graph)
        expect(result.nodes.length).toBeLessThanOrEqual(graph.nodes.length)
        expect(difference(interpret(result, feeds).out, interpret(graph, feeds).out)).toBeLessThan(1e-9)
      }),
      { numRuns: 200, seed: propertySeed },
    )
  })
})

function power2(x: Value): Value {
  return power(x, 2)
}
