import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { Graph, interpret } from '../../src/main/graph/index.ts'
import { type ModelConfiguration, modelConfiguration, resolveModel } from '../../src/main/model/configuration.ts'
import { buildInference } from '../../src/main/model/inference.ts'
import { initializeParameters, layoutParameters, parameterViews } from '../../src/main/model/parameters.ts'
import { buildLoss, buildTrainingStep } from '../../src/main/model/training-step.ts'
import { modelOptions } from '../../src/shared/configuration.ts'
import type { TransitionCounts } from '../../src/shared/transitions.ts'
import {
  interpreterFeeds,
  paddedBatch,
  randomParameters,
  tinyModel,
  tinyTransitions,
  transitionCount,
  vector,
} from './support.ts'

const model = tinyModel({ transitions: true })
const transitions = tinyTransitions(model)!
const V = model.behaviours

/** Logits of inference: [B * I, V], row by row. */
function inferred(batch: Batch, parameters: Float32Array, counts: TransitionCounts = transitions): number[][] {
  const feeds = { parameters: vector(parameters), ...interpreterFeeds(model, batch) }
  return rowsOf(interpret(buildInference(model, { transitions: counts }), feeds).logits.data)
}

/** Logits of the training graph, dropout off. */
function trained(batch: Batch, parameters: Float32Array): number[][] {
  const graph = new Graph()
  const layout = layoutParameters(model)
  const {
    heads: { behaviour: logits },
  } = buildLoss(
    graph,
    { model, batch: batch.size, length: batch.length, objective: { shift: false }, seed: 1, transitions },
    layout,
    graph.input('parameters', 'float32', [layout.count]),
  )
  graph.output('logits', logits)
  const feeds = { ...interpreterFeeds(model, batch), target: vector(batch.target), weights: vector(batch.counted) }
  return rowsOf(interpret(graph, { ...feeds, parameters: vector(parameters) }).logits.data)
}

const rowsOf = (logits: Float64Array) =>
  Array.from({ length: logits.length / V }, (_, row) => Array.from(logits.subarray(row * V, (row + 1) * V)))

/** The counts without one transition. */
function without(from: number, to: number): TransitionCounts {
  const { offsets, successors } = transitions
  const counts = transitions.counts.slice()
  counts[offsets[from] + successors.subarray(offsets[from], offsets[from + 1]).indexOf(to)]--
  return { offsets, successors, counts }
}

/** Parameters whose gates trust the transitions alone, and whose tilt is 0. */
function trusting(): Float32Array {
  const parameters = randomParameters(model)
  const tensors = parameterViews(layoutParameters(model), parameters)
  for (const name of ['weight', 'history', 'transitions']) tensors[`habit.gate.${name}`].data.fill(0)
  tensors['habit.gate.bias'].data.set([-40, -40, -40, -40, 40])
  tensors['habit.tilt'].data.fill(0)
  return parameters
}

describe('the transitions in the mixture', () => {
  test('are the discounted frequencies of what followed the last behaviour', () => {
    const batch = paddedBatch(model, 2, 4, 0)
    batch.behaviour.set([0, 1, 2, 3, 4, 2, 3, 4])
    const rows = inferred(batch, trusting())
    for (const [position, last] of batch.behaviour.entries()) {
      const counts = Array.from({ length: V }, (_, id) => transitionCount(transitions, last, id))
      const total = counts.reduce((sum, count) => sum + count, 0)
      counts.forEach((count, id) => {
        expect(Math.exp(rows[position][id])).toBeCloseTo(Math.max(0, count - 0.75) / (total + 0.01), 6)
      })
    }
  })

  test('say nothing after an unknown behaviour, after one without successors, and at padding', () => {
    const batch = paddedBatch(model, 2, 4, 1)
    batch.behaviour[2] = V
    batch.behaviour[3] = 1
    const rows = inferred(batch, trusting())
    for (const position of [2, 3, 7]) {
      expect(new Set(rows[position].map((logit) => logit.toFixed(6))).size, `position ${position}`).toBe(1)
    }
    expect(inferred(batch, randomParameters(model)).flat().every(Number.isFinite)).toBe(true)
  })

  test('are heard by how many there are', () => {
    const parameters = trusting()
    const tensors = parameterViews(layoutParameters(model), parameters)
    tensors['habit.gate.bias'].data.fill(0)
    tensors['habit.gate.transitions'].data.set([0, 0, 0, 0, 3])
    const batch = paddedBatch(model, 2, 4, 0)
    const more: TransitionCounts = { ...transitions, counts: transitions.counts.map((count) => 1000 * count) }
    batch.behaviour.fill(2)
    const likeliest = (rows: number[][]) => Math.max(...rows[3].map(Math.exp))
    expect(likeliest(inferred(batch, parameters, more))).toBeGreaterThan(likeliest(inferred(batch, parameters)) + 0.05)
  })
})

describe('training', () => {
  const parameters = randomParameters(model)

  test('leaves the own transition of each target out of the counts', () => {
    const batch = paddedBatch(model, 2, 4, 0)
    for (let position = 0; position < 8; position++) {
      const { successors, offsets } = transitions
      const from = [0, 2, 3, 4][position % 4]
      batch.behaviour[position] = from
      batch.target[position] = successors[offsets[from] + (position % (offsets[from + 1] - offsets[from]))]
    }
    const rows = trained(batch, parameters)
    for (const [position, from] of batch.behaviour.entries()) {
      const expected = inferred(batch, parameters, without(from, batch.target[position]))[position]
      rows[position].forEach((logit, id) => {
        expect(logit).toBeCloseTo(expected[id], 10)
      })
    }
  })

  test('stays finite where no target counts and nothing is there to be left out', () => {
    const batch = paddedBatch(model, 2, 4, 2)
    batch.behaviour[0] = 1
    batch.target[0] = 3
    expect(trained(batch, parameters).flat().every(Number.isFinite)).toBe(true)
  })

  test('has no parameter for the table, and none of the gates is decayed', () => {
    const more = layoutParameters(model)
    const less = layoutParameters(tinyModel())
    expect(more.count - less.count).toBe(8 + 3 * 1 + 4) // one more gate in four tensors, one of them new
    expect(more.byName.get('habit.gate.transitions')).toMatchObject({ kind: 'bias', shape: [5] })
  })
})

describe('without transitions', () => {
  const plain = tinyModel()
  const training = (configuration: ModelConfiguration) =>
    buildTrainingStep({
      model: configuration,
      batch: 2,
      length: 4,
      objective: { shift: false },
      optimizer: { betas: [0.9, 0.98], weightDecay: 0, decayEmbeddings: false, gradientClip: 1 },
      seed: 1,
      transitions: tinyTransitions(configuration),
    })

  test('the graphs hold nothing of them: it gathers no table and has the parameters of before', () => {
    const gathers = (graph: Graph) => graph.nodes.filter(({ operation }) => operation.name === 'gather').length
    expect(gathers(training(plain))).toBe(4)
    expect(gathers(training(model))).toBe(5)
    expect([...layoutParameters(plain).byName.keys()].filter((name) => name.includes('transitions'))).toEqual([])
  })

  test('the initial parameters that both models have are the same', () => {
    const views = (configuration: ModelConfiguration) => {
      const layout = layoutParameters(configuration)
      return parameterViews(layout, initializeParameters(layout, 3))
    }
    const [less, more] = [views(plain), views(model)]
    for (const [name, { data }] of Object.entries(less)) {
      if (!name.startsWith('habit.gate')) expect(more[name].data, name).toEqual(data)
    }
  })

  test('a stored configuration of before the option has none', () => {
    const { transitions: _, ...stored } = plain
    expect(modelConfiguration.parse(stored)).toEqual(plain)
  })

  test('counts that a model does not read, or lacks, are a programming error', () => {
    expect(() => buildInference(plain, { transitions })).toThrow('counts of transitions')
    expect(() => buildInference(model)).toThrow('counts of transitions')
  })
})

describe('the option', () => {
  const resolve = (options: object, behaviours: number) =>
    resolveModel(modelOptions.parse(options), { behaviours, locations: 1, slots: 48, length: 8 })

  test('is off unless asked for', () => {
    expect(resolve({}, 10).transitions).toBe(false)
    expect(resolve({ transitions: true }, 4096).transitions).toBe(true)
  })

  test('is refused without the habit term, and for more behaviours than a table takes', () => {
    expect(() => resolve({ transitions: true, habit: false }, 10)).toThrow(/--transitions.*--no-habit/)
    expect(() => resolve({ transitions: true }, 4097)).toThrow(/--transitions.* 4096 behaviours.* has 4097/)
  })
})
