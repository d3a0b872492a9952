import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { createInference, type Inference } from '../../src/main/engine/inference.ts'
import { Graph, interpret } from '../../src/main/graph/index.ts'
import { behaveGpt, declareModelInputs, unpackParameters } from '../../src/main/model/behavegpt.ts'
import { buildInference, compileInference } from '../../src/main/model/inference.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { interpreterFeeds, paddedBatch, randomParameters, tinyModel, vector } from '../model/support.ts'

const model = tinyModel({ layers: 3, length: 5, targetTime: true })
const parameters = randomParameters(model)
/** The second of three sequences has two events and three positions of padding. */
const batch = paddedBatch(model, 3, 5, 3)
const last = [4, 1, 4]

let inference: Inference
beforeAll(async () => {
  inference = await createInference(model, parameters, { device: 'cpu', threads: 1, attention: true })
})
afterAll(() => inference.dispose())

/** Weights of one sequence in one layer: [I]. */
const row = (attention: ArrayLike<number>, sequence: number, layer: number) =>
  Array.from({ length: batch.length }, (_, key) => attention[(sequence * model.layers + layer) * batch.length + key])

function interpreted(of: Batch): Record<string, Float64Array> {
  const graph = buildInference(model, { positions: 'last', attention: true })
  const outputs = interpret(graph, {
    ...interpreterFeeds(model, of),
    parameters: vector(parameters),
    last: vector(last),
  })
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]))
}

/** Weights of every block for every pair of events, by the interpreter: [B, N, I, I] each. */
function blockWeights() {
  const graph = new Graph()
  const layout = layoutParameters(model)
  const flat = graph.input('parameters', 'float32', [layout.count])
  const inputs = declareModelInputs(graph, model, batch.size, batch.length)
  let layers = 0
  behaveGpt(model, unpackParameters(flat, layout), inputs, undefined, (weights) =>
    graph.output(`layer ${layers++}`, weights),
  )
  const outputs = interpret(graph, { ...interpreterFeeds(model, batch), parameters: vector(parameters) })
  return Array.from({ length: layers }, (_, layer) => outputs[`layer ${layer}`])
}

describe('the attention of the last event', () => {
  test('is that of the float64 interpreter', async () => {
    const { behaviour: logits, attention } = await inference.lastAttention(batch)
    const expected = interpreted(batch)
    expect(attention.length).toBe(3 * model.layers * batch.length)
    for (const [index, weight] of expected.attention.entries()) expect(attention[index]).toBeCloseTo(weight, 5)
    for (const [index, logit] of expected.logits.entries()) expect(logits[index]).toBeCloseTo(logit, 4)
  })

  test("is the mean over the heads of the blocks' own weights at that event, first block first", async () => {
    const { attention } = await inference.lastAttention(batch)
    const weights = blockWeights()
    const [I, N] = [batch.length, model.heads]
    for (const [sequence, query] of last.entries()) {
      for (const [layer, { data }] of weights.entries()) {
        for (const [key, weight] of row(attention, sequence, layer).entries()) {
          let sum = 0
          for (let head = 0; head < N; head++) sum += data[((sequence * N + head) * I + query) * I + key]
          expect(weight).toBeCloseTo(sum / N, 5)
        }
      }
    }
  })

  test('is shares of one whole in each layer, none of it on padding', async () => {
    const { attention } = await inference.lastAttention(batch)
    for (const [sequence, position] of last.entries()) {
      for (let layer = 0; layer < model.layers; layer++) {
        const weights = row(attention, sequence, layer)
        expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5)
        expect(Math.min(...weights.slice(0, position + 1))).toBeGreaterThan(0)
        expect(weights.slice(position + 1).every((weight) => weight === 0)).toBe(true)
      }
    }
  })

  test('of a model whose keys are all equal is shared evenly by what is visible', async () => {
    const zeros = new Float32Array(parameters.length)
    const uniform = await createInference(model, zeros, { device: 'cpu', threads: 1, attention: true })
    const { attention } = await uniform.lastAttention(batch)
    for (const weight of row(attention, 0, 0)) expect(weight).toBeCloseTo(1 / 5, 6)
    expect(row(attention, 1, 0)).toEqual([0.5, 0.5, 0, 0, 0])
    await uniform.dispose()
  })

  test('of an empty sequence is zeros', async () => {
    const empty = paddedBatch(model, 2, 3, 3)
    const { attention } = await inference.lastAttention(empty)
    expect(attention.subarray(model.layers * 3)).toEqual(new Float32Array(model.layers * 3))
  })
})

describe('without being asked for', () => {
  test('the graph has no such output, and its logits are the same bits as where it was', async () => {
    const { outputs } = compileInference(model, { target: 'cpu', positions: 'last' })
    expect(outputs.map(({ name }) => name)).toEqual(['logits'])
    const plain = await createInference(model, parameters, { device: 'cpu', threads: 1 })
    expect(await plain.lastLogits(batch)).toEqual(await inference.lastLogits(batch))
    expect(await plain.logits(batch)).toEqual(await inference.logits(batch))
    await plain.dispose()
  })

  test('nothing tells it', async () => {
    const plain = await createInference(model, parameters, { device: 'cpu', threads: 1 })
    await expect(plain.lastAttention(batch)).rejects.toThrow('not asked for')
    await plain.dispose()
  })
})
