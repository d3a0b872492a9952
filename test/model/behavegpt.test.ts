import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { divide, Graph, gradients, interpret, reshape } from '../../src/main/graph/index.ts'
import { behaveGpt, declareModelInputs, unpackParameters } from '../../src/main/model/behavegpt.ts'
import { headsOf, type ModelConfiguration } from '../../src/main/model/configuration.ts'
import { dropoutFeeds } from '../../src/main/model/dropout.ts'
import type { ObjectiveGraphOptions } from '../../src/main/model/loss.ts'
import { layoutParameters, parameterViews } from '../../src/main/model/parameters.ts'
import { uniformGenerator } from '../../src/main/model/random.ts'
import { buildLoss } from '../../src/main/model/training-step.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import {
  headFeeds,
  interpreterFeeds,
  paddedBatch,
  randomParameters,
  scalar,
  tinyModel,
  tinyTransitions,
  vector,
} from './support.ts'

function logitsOf(model: ModelConfiguration, batch: Batch, values = randomParameters(model)): Float64Array {
  const graph = new Graph()
  const layout = layoutParameters(model)
  const parameters = unpackParameters(graph.input('parameters', 'float32', [layout.count]), layout)
  const { behaviour: logits } = behaveGpt(
    model,
    parameters,
    declareModelInputs(graph, model, 'batch', 'length', tinyTransitions(model)),
  )
  graph.output('logits', reshape(logits, ['batch', 'length', model.behaviours]))
  const feeds = { parameters: vector(values), ...interpreterFeeds(model, batch) }
  return interpret(graph, feeds).logits.data
}

/** Logits of one position. */
const row = (logits: Float64Array, model: ModelConfiguration, position: number) =>
  Array.from(logits.subarray(position * model.behaviours, (position + 1) * model.behaviours))

const headWeights = { location: 0.5, gap: 0.25 }

describe('gradient of the whole model against central differences', () => {
  const objectives: Record<string, ObjectiveGraphOptions> = {
    'plain cross-entropy': { shift: false },
    'shifted logits': { shift: true },
    'focal loss, shifted': { shift: true, focalGamma: 2 },
    'focal loss with gamma below 1': { shift: false, focalGamma: 0.5 },
    'sample-level KL': { shift: false, sample: { kind: 'kl', tau: 0.7 } },
    'sample-level CVaR with a fractional boundary': { shift: false, sample: { kind: 'cvar', alpha: 0.35 } },
  }
  const models: Record<string, ModelConfiguration> = {
    'with habit, target time and dropout': tinyModel({ targetTime: true, dropout: 0.3, embeddingDropout: 0.3 }),
    'with transitions': tinyModel({ transitions: true }),
    'with both extra heads': tinyModel({ locationHead: true, gapHead: true, dropout: 0.3 }),
    'with the gap head alone': tinyModel({ gapHead: true, habit: false }),
    'with neither': tinyModel({ habit: false }),
  }
  const cases = [
    ...Object.keys(objectives).map((objective) => ['with habit, target time and dropout', objective]),
    ['with transitions', 'shifted logits'],
    ['with neither', 'plain cross-entropy'],
    ...Object.keys(objectives).map((objective) => ['with both extra heads', objective]),
    ['with the gap head alone', 'plain cross-entropy'],
  ]

  test.each(cases)('%s, %s', (modelName, objectiveName) => {
    const model = models[modelName]
    const objective = objectives[objectiveName]
    const [size, length] = [2, 3]
    const layout = layoutParameters(model)
    const batch = paddedBatch(model, size, length, 1)
    const weights = Float32Array.from(batch.counted, (counted, index) => counted * (0.5 + 0.25 * index))
    const drops = dropoutFeeds(model, size * length, { seed: 1, step: 1, micro: 0 })
    const feeds = {
      ...interpreterFeeds(model, batch),
      target: vector(batch.target),
      weights: vector(weights),
      tokens: scalar(size * length - 1),
      ...(objective.sample === undefined ? {} : { counted: vector(batch.counted) }),
      ...headFeeds(model, batch),
      ...(objective.shift ? { shift: vector([0.3, -0.2, 0.1, 0, -1]) } : {}),
      ...(drops.dropoutRows === undefined ? {} : { dropoutRows: { data: drops.dropoutRows, shape: [3, 6] } }),
      ...(drops.keptEvents === undefined ? {} : { keptEvents: { data: drops.keptEvents, shape: [2, 3] } }),
    }

    /** sampleWeights freezes the weights of sample-level objectives: they have no gradient of their own. */
    const build = (withGradient: boolean, options: ObjectiveGraphOptions) => {
      const graph = new Graph()
      const parameters = graph.input('parameters', 'float32', [layout.count])
      const { weightedSum, weights: total } = buildLoss(
        graph,
        { model, batch: size, length, objective: options, seed: 1, transitions: tinyTransitions(model), headWeights },
        layout,
        parameters,
      )
      const loss = divide(weightedSum, graph.input('tokens', 'float32', []))
      graph.output('loss', loss)
      graph.output('totalWeights', total)
      if (withGradient) graph.output('gradient', gradients(loss, [parameters])[0])
      return graph
    }
    const point = Float64Array.from(randomParameters(model))
    const withGradient = interpret(build(true, objective), { ...feeds, parameters: vector(point) })
    const gradient = withGradient.gradient.data

    const plain = build(false, { ...objective, sample: undefined })
    const frozen: Record<string, unknown> = { ...feeds, weights: vector(withGradient.totalWeights.data) }
    if (headsOf(model).length === 0) delete frozen.counted
    const lossAt = (parameters: Float64Array) =>
      interpret(plain, { ...(frozen as typeof feeds), parameters: vector(parameters) }).loss.data[0]
    expect(lossAt(point)).toBeCloseTo(withGradient.loss.data[0], 10)

    const uniform = uniformGenerator('coordinates', modelName, objectiveName)
    const coordinates = new Set(Array.from({ length: 30 }, () => Math.floor(uniform() * layout.count)))
    // Every tensor at least once.
    for (const { offset, size: elements } of layout.slices) coordinates.add(offset + Math.floor(uniform() * elements))
    const difference = 1e-5
    for (const index of coordinates) {
      const moved = (by: number) => {
        const parameters = point.slice()
        parameters[index] += by
        return lossAt(parameters)
      }
      const numerical = (moved(difference) - moved(-difference)) / (2 * difference)
      const slice = layout.slices.find(({ offset, size: elements }) => index < offset + elements)!
      expect(
        Math.abs(gradient[index] - numerical),
        `${slice.name}: ${gradient[index]} against ${numerical}`,
      ).toBeLessThan(1e-7 + 1e-5 * Math.abs(numerical))
    }
  })
})

describe('what a position may see', () => {
  const model = tinyModel({ targetTime: true, layers: 2 })

  test('changing an event changes no earlier logits, and its own', () => {
    const before = paddedBatch(model, 2, 4, 1)
    const reference = logitsOf(model, before)
    for (const field of ['behaviour', 'location', 'weekday', 'slot', 'targetWeekday', 'targetSlot'] as const) {
      const changed = { ...before, [field]: before[field].slice() }
      changed[field][2] = (changed[field][2] + 1) % 3
      const logits = logitsOf(model, changed)
      for (const position of [0, 1, 4, 5, 6]) {
        expect(row(logits, model, position), field).toEqual(row(reference, model, position))
      }
      expect(row(logits, model, 2), field).not.toEqual(row(reference, model, 2))
    }
  })

  test('what stands at padded positions changes no logits of events, whatever it is', () => {
    const before = paddedBatch(model, 2, 4, 2)
    const reference = logitsOf(model, before)
    const changed = {
      ...before,
      location: before.location.slice(),
      slot: before.slot.slice(),
      targetSlot: before.targetSlot.slice(),
    }
    for (const position of [6, 7]) {
      changed.location[position] = 2 - changed.location[position]
      changed.slot[position] = 3 - changed.slot[position]
      changed.targetSlot[position] = 3 - changed.targetSlot[position]
    }
    const logits = logitsOf(model, changed)
    for (const position of [0, 1, 2, 3, 4, 5]) {
      expect(row(logits, model, position)).toEqual(row(reference, model, position))
    }
  })

  test('a padded position in the middle is hidden from the events after it', () => {
    const before = paddedBatch(model, 2, 4, 0)
    before.behaviour[5] = model.behaviours + 1
    const reference = logitsOf(model, before)
    const changed = { ...before, location: before.location.slice() }
    changed.location[5] = 2 - changed.location[5]
    const logits = logitsOf(model, changed)
    for (const position of [4, 6, 7]) expect(row(logits, model, position)).toEqual(row(reference, model, position))
  })

  test('sequences of a batch do not see each other', () => {
    const batch = paddedBatch(model, 2, 4, 0)
    const reference = logitsOf(model, batch)
    const changed = { ...batch, behaviour: batch.behaviour.slice() }
    changed.behaviour[0] = (changed.behaviour[0] + 1) % 5
    const logits = logitsOf(model, changed)
    for (const position of [4, 5, 6, 7]) expect(row(logits, model, position)).toEqual(row(reference, model, position))
  })
})

describe('inputs', () => {
  const inputNames = (model: ModelConfiguration) => {
    const graph = new Graph()
    declareModelInputs(graph, model, 'batch', 'length')
    return graph.inputs.map(({ name }) => name)
  }

  test('without target time the graph has no input that could leak it', () => {
    expect(inputNames(tinyModel())).toEqual(['behaviour', 'location', 'weekday', 'slot', 'priorCounts'])
    expect(inputNames(tinyModel({ targetTime: true }))).toContain('targetSlot')
  })

  test('without the habit term counts are not read', () => {
    expect(inputNames(tinyModel({ habit: false }))).not.toContain('priorCounts')
  })

  test('the unknown behaviour has an embedding of its own and counts for no class', () => {
    const model = tinyModel()
    const batch = paddedBatch(model, 2, 4, 0)
    batch.behaviour[3] = 0
    const known = row(logitsOf(model, batch), model, 3)
    batch.behaviour[3] = model.behaviours
    const unknown = row(logitsOf(model, batch), model, 3)
    expect(unknown).not.toEqual(known)
    expect(unknown.every(Number.isFinite)).toBe(true)
  })

  test('the habit term mixes the decaying frequencies of history and window into the probabilities, tilted by class', () => {
    const model = tinyModel()
    const V = model.behaviours
    const batch = paddedBatch(model, 2, 4, 0)
    batch.behaviour.set([0, 3, V, 3], 4) // one unknown: it lets time pass and leaves nothing
    // The transformer says nothing (all logits 0), and the gates are the same everywhere.
    const parameters = randomParameters(model)
    const tensors = parameterViews(layoutParameters(model), parameters)
    for (const name of ['head.output.weight', 'head.output.bias', 'habit.gate.weight', 'habit.gate.history']) {
      tensors[name].data.fill(0)
    }
    const gates = [0.4, 0.3, 0.2, 0.1]
    tensors['habit.gate.bias'].data.set(gates.map(Math.log))
    const logits = row(logitsOf(model, batch, parameters), model, 4 + 3)

    const expected = Array.from({ length: V }, () => gates[0] / V)
    habitDecays.forEach((decay, k) => {
      const memory = Array.from({ length: V }, (_, c) => batch.priorCounts[(habitDecays.length + k) * V + c])
      for (const token of batch.behaviour.subarray(4, 8)) {
        memory.forEach((value, c) => {
          memory[c] = decay * value + Number(token === c)
        })
      }
      const total = memory.reduce((sum, value) => sum + value, 0)
      memory.forEach((value, c) => {
        expected[c] += (gates[k + 1] * value) / (total + 0.01)
      })
    })
    const tilt = tensors['habit.tilt'].data
    expected.forEach((probability, c) => {
      expect(Math.exp(logits[c] - tilt[c])).toBeCloseTo(probability, 6)
    })
  })
})
