import { fromBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { ModelProtoSchema } from 'onnx-buf'
import { describe, expect, test } from 'vitest'
import {
  add,
  Graph,
  multiply,
  type OnnxOptions,
  reduceSum,
  stopGradient,
  tanh,
  toOnnx,
  toOnnxScan,
} from '../../src/main/graph/index.ts'
import { type OnnxFeed, type OnnxResult, runOnnx } from '../support/run-onnx.ts'
import { type Case, differentiable } from './support/cases.ts'
import { instantiate, propertySeed, randomFeed } from './support/evaluation.ts'

type Feeds = Record<string, OnnxFeed>
type Results = Record<string, OnnxResult>

/** Feeds or results of several repetitions as one, along a new first axis. */
function stack<Tensor extends OnnxFeed | OnnxResult>(tensors: readonly Tensor[]): Tensor {
  const [{ shape }] = tensors
  const data = Float64Array.from(tensors.flatMap((tensor) => Array.from(tensor.data)))
  return { ...tensors[0], data, shape: [tensors.length, ...shape] }
}

/** What the Scan must compute, by one run of the graph for each repetition. */
async function repeat(graph: Graph, options: OnnxOptions, state: OnnxFeed, feeds: readonly Feeds[]): Promise<Results> {
  const model = toOnnx(graph, options)
  const all: Results[] = []
  let current = state
  for (const feed of feeds) {
    const { nextState, ...results } = await runOnnx(model, { ...feed, state: current })
    current = nextState
    all.push(results)
  }
  const stacked = Object.keys(all[0]).map((name) => [name, stack(all.map((results) => results[name]))])
  return { ...Object.fromEntries(stacked), nextState: current }
}

/** A case with a state that each repetition changes by the case's result. */
function withState(instance: Case, seed: number) {
  const { graph, results, next } = instantiate(instance, seed)
  const state = graph.input('state', 'float32', [3])
  graph.output('nextState', add(tanh(reduceSum(results[0])), multiply(state, graph.constant([0.5, 0.25, -1]))))
  return { graph, next, state: randomFeed({ shape: [3] }, next) }
}

test('any operation K times in one Scan has the bits of K runs, whichever inputs the repetitions share', async () => {
  const cases = fc.oneof(...Object.values(differentiable)).filter(({ inputs }) => inputs.length > 0)
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.integer(),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(),
      fc.constantFrom('cpu', 'portable'),
      async (instance, seed, repetitions, sharing, target) => {
        const { graph, next, state } = withState(instance, seed)
        // The first input is never shared: something must say how many repetitions there are.
        const isShared = (index: number) => index > 0 && ((sharing >> index) & 1) === 1
        const names = instance.inputs.map((_, index) => `x${index}`)
        const shared: Feeds = {}
        instance.inputs.forEach((input, index) => {
          if (isShared(index)) shared[`x${index}`] = randomFeed(input, next)
        })
        const feeds = Array.from({ length: repetitions }, () => ({
          ...Object.fromEntries(instance.inputs.map((input, index) => [`x${index}`, randomFeed(input, next)])),
          ...shared,
        }))
        const carried = [
          { input: 'state', output: 'nextState' },
          ...Object.keys(shared).map((name) => ({ input: name })),
        ]
        const stacked = names.map((name) => [name, shared[name] ?? stack(feeds.map((feed) => feed[name]))])
        const actual = await runOnnx(toOnnxScan(graph, { target, carried }), { ...Object.fromEntries(stacked), state })
        expect(actual).toEqual(await repeat(graph, { target }, state, feeds))
      },
    ),
    { numRuns: 80, seed: propertySeed },
  )
})

/** A counter: state <- state + x * factor, where the factor is the same in each repetition. */
function counter(): Graph {
  const graph = new Graph()
  const state = graph.input('state', 'float32', [2])
  const x = graph.input('x', 'float32', [])
  const factor = graph.input('factor', 'float32', [])
  const next = add(state, multiply(x, factor))
  graph.output('nextState', next)
  graph.output('seen', stopGradient(state))
  graph.output('total', reduceSum(next))
  return graph
}
const carried = [{ input: 'state', output: 'nextState' }, { input: 'factor' }]

describe('the model', () => {
  test('has one Scan node of the standard domain, whose body holds the constants', () => {
    const graph = counter()
    graph.output('scaled', multiply(graph.inputs[0].value, graph.constant([2, 3])))
    const model = fromBinary(ModelProtoSchema, toOnnxScan(graph, { target: 'portable', carried }))
    expect(model.opsetImport.map(({ domain }) => domain)).toEqual([''])
    expect(model.graph!.node.map(({ opType, domain }) => [opType, domain])).toEqual([['Scan', '']])
    expect(model.graph!.initializer).toEqual([])
    expect(model.graph!.node[0].attribute.find(({ name }) => name === 'body')!.g!.initializer).not.toEqual([])
  })

  test('keeps the names of the graph and uses none of them again inside', () => {
    const { graph } = fromBinary(ModelProtoSchema, toOnnxScan(counter(), { target: 'portable', carried }))
    const names = (infos: readonly { name: string }[]) => infos.map(({ name }) => name)
    expect(names(graph!.input).sort()).toEqual(['factor', 'state', 'x'])
    expect(names(graph!.output)).toEqual(['nextState', 'seen', 'total'])
    const body = graph!.node[0].attribute.find(({ name }) => name === 'body')!.g!
    const defined = [...names(body.input), ...names(body.initializer), ...body.node.flatMap(({ output }) => output)]
    expect(defined.filter((name) => names([...graph!.input, ...graph!.output]).includes(name))).toEqual([])
  })

  test('takes any number of repetitions, and its state is what the last one left', async () => {
    const model = toOnnxScan(counter(), { target: 'cpu', carried })
    for (const xs of [[1], [1, 2, 3], Array.from({ length: 50 }, () => 1)]) {
      const { nextState, total, seen } = await runOnnx(model, {
        state: { data: [0, 1], shape: [2] },
        factor: { data: [2], shape: [] },
        x: { data: xs, shape: [xs.length] },
      })
      const sum = 2 * xs.reduce((a, b) => a + b, 0)
      expect([...nextState.data]).toEqual([sum, sum + 1])
      expect(total.shape).toEqual([xs.length])
      expect(total.data.at(-1)).toBe(2 * sum + 1)
      expect([...seen.data.slice(0, 2)]).toEqual([0, 1])
    }
  })

  test('always has the same bytes', () => {
    const write = () => Buffer.from(toOnnxScan(counter(), { target: 'portable', carried }))
    expect(write().equals(write())).toBe(true)
  })
})

describe('a graph that cannot be repeated is refused', () => {
  const refusal = (graph: Graph, names: Parameters<typeof toOnnxScan>[1]['carried']) => () =>
    toOnnxScan(graph, { target: 'cpu', carried: names })

  test('with a state that it does not have, or does not return', () => {
    expect(refusal(counter(), [{ input: 'stat' }])).toThrow('the graph has no stat')
    expect(refusal(counter(), [{ input: 'state', output: 'next' }])).toThrow('the graph has no next')
  })

  test('with a state that changes its shape', () => {
    expect(refusal(counter(), [{ input: 'state', output: 'total' }])).toThrow(
      'state is float32 [2], what replaces it float32 []',
    )
  })

  test('with nothing that comes anew each time', () => {
    expect(refusal(counter(), [...carried, { input: 'x' }])).toThrow('how many repetitions')
  })
})
