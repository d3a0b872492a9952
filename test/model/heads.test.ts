import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/main/dataset/types.ts'
import { randomBatch } from '../../src/main/engine/probe.ts'
import { Graph, interpret } from '../../src/main/graph/index.ts'
import type { ModelConfiguration } from '../../src/main/model/configuration.ts'
import { resolveModel } from '../../src/main/model/configuration.ts'
import { buildInference } from '../../src/main/model/inference.ts'
import { initializeParameters, layoutParameters, parameterViews } from '../../src/main/model/parameters.ts'
import { buildLoss } from '../../src/main/model/training-step.ts'
import { modelOptions } from '../../src/shared/configuration.ts'
import { gapBuckets } from '../../src/shared/gaps.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import { headFeeds, interpreterFeeds, paddedBatch, randomParameters, tinyModel, vector } from './support.ts'

const model = tinyModel({ locationHead: true, gapHead: true })
const G = gapBuckets
const L = model.locations

/** Logits of every head at every position, of the inference graph. */
function outputsOf(batch: Batch, parameters = randomParameters(model)) {
  const feeds = { parameters: vector(parameters), ...interpreterFeeds(model, batch) }
  const { logits, locationLogits, gapLogits } = interpret(buildInference(model, { heads: true }), feeds)
  return { behaviour: logits.data, location: locationLogits.data, gap: gapLogits.data }
}

/** -log softmax of one class of one row. */
function crossEntropy(logits: Float64Array, row: number, classes: number, target: number): number {
  const own = Array.from(logits.subarray(row * classes, (row + 1) * classes))
  const largest = Math.max(...own)
  return largest + Math.log(own.reduce((sum, value) => sum + Math.exp(value - largest), 0)) - own[target]
}

/** Loss and plain sums of the training graph, without dropout. */
function lossOf(variant: ModelConfiguration, batch: Batch, headWeights = {}) {
  const graph = new Graph()
  const layout = layoutParameters(variant)
  const parameters = graph.input('parameters', 'float32', [layout.count])
  const { weightedSum, headSums } = buildLoss(
    graph,
    { model: variant, batch: batch.size, length: batch.length, objective: { shift: false }, seed: 1, headWeights },
    layout,
    parameters,
  )
  graph.output('sum', weightedSum)
  for (const [head, sum] of Object.entries(headSums)) graph.output(`${head}Sum`, sum)
  const values = interpret(graph, {
    ...interpreterFeeds(variant, batch),
    ...headFeeds(variant, batch),
    target: vector(batch.target),
    weights: vector(batch.counted),
    parameters: vector(randomParameters(variant)),
  })
  return Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, data[0]]))
}

describe('the loss of the extra heads', () => {
  const batch = paddedBatch(model, 2, 4, 1)

  test('is, over the counted tokens, the plain cross-entropy of what inference says, each times its weight on top of the behaviours', () => {
    const outputs = outputsOf(batch)
    const sums = { behaviour: 0, location: 0, gap: 0 }
    batch.counted.forEach((counted, row) => {
      if (counted === 0) return
      sums.behaviour += crossEntropy(outputs.behaviour, row, model.behaviours, batch.target[row])
      sums.location += crossEntropy(outputs.location, row, L, batch.heads!.location[row])
      sums.gap += crossEntropy(outputs.gap, row, G, batch.heads!.gap[row])
    })
    const loss = lossOf(model, batch, { location: 0.5, gap: 0.25 })
    expect(loss.locationSum).toBeCloseTo(sums.location, 6)
    expect(loss.gapSum).toBeCloseTo(sums.gap, 6)
    expect(loss.sum).toBeCloseTo(sums.behaviour + 0.5 * sums.location + 0.25 * sums.gap, 6)
  })

  test('reads where the events were, whatever the location dropout hides from the transformer', () => {
    // All that says where the user was is the window: the transformer is not trusted.
    const parameters = randomParameters(model)
    const tensors = parameterViews(layoutParameters(model), parameters)
    tensors['locationHead.gate.weight'].data.fill(0)
    tensors['locationHead.gate.history'].data.fill(0)
    tensors['locationHead.gate.bias'].data.set([-50, 0, 0, 0])
    const graph = new Graph()
    const layout = layoutParameters(model)
    const { headSums } = buildLoss(
      graph,
      { model, batch: 2, length: 4, objective: { shift: false }, seed: 1, headWeights: { location: 1, gap: 1 } },
      layout,
      graph.input('parameters', 'float32', [layout.count]),
    )
    graph.output('locationSum', headSums.location!)
    const plain = randomBatch(model, 2, 4)
    const hidden = { ...plain, location: new Int32Array(8) }
    const [whole, part] = [plain, hidden].map((each) =>
      Number(
        interpret(graph, {
          ...interpreterFeeds(model, each),
          ...headFeeds(model, each),
          target: vector(each.target),
          weights: vector(each.counted),
          parameters: vector(parameters),
        }).locationSum.data[0],
      ),
    )
    expect(part).toBeCloseTo(whole, 10)
  })
})

describe('the extra heads', () => {
  test.each([
    ['location', L, [0, 2]],
    // The first event of a sequence has no gap before it, and where there is none yet the transformer alone is asked.
    ['gap', G, [1, 2]],
  ] as const)('%s: mixes the decaying frequencies of the window into the probabilities', (head, classes, positions) => {
    const parameters = randomParameters(model)
    const tensors = parameterViews(layoutParameters(model), parameters)
    const roles = ['bias', 'gate.weight', 'gate.history', head === 'location' ? 'query.weight' : 'weight']
    for (const role of roles) tensors[`${head}Head.${role}`].data.fill(0)
    const gates = [0.4, 0.3, 0.2, 0.1]
    tensors[`${head}Head.gate.bias`].data.set(gates.map(Math.log))
    const batch = paddedBatch(model, 2, 4, 1)
    const logits = outputsOf(batch, parameters)[head]
    const seen = head === 'location' ? batch.location : batch.gapBefore!
    for (const sequence of [0, 1]) {
      for (const position of positions) {
        const window = Array.from(seen.subarray(4 * sequence, 4 * sequence + position + 1)).filter((id) => id < classes)
        const expected = Array.from({ length: classes }, () => gates[0] / classes)
        habitDecays.forEach((decay, k) => {
          const memory = new Array<number>(classes).fill(0)
          for (const own of window) {
            memory.forEach((value, id) => {
              memory[id] = decay * value + Number(id === own)
            })
          }
          const total = memory.reduce((sum, value) => sum + value, 0)
          memory.forEach((value, id) => {
            expected[id] += (gates[k + 1] * value) / total
          })
        })
        const row = 4 * sequence + position
        const probabilities = Array.from(logits.subarray(row * classes, (row + 1) * classes), Math.exp)
        for (const [id, probability] of probabilities.entries()) expect(probability).toBeCloseTo(expected[id], 7)
        expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 7)
      }
    }
  })

  test('gap: after the first event of a sequence the transformer has the whole probability', () => {
    const { gap } = outputsOf(paddedBatch(model, 2, 4, 1))
    for (const row of [0, 4]) {
      const probabilities = Array.from(gap.subarray(row * G, (row + 1) * G), Math.exp)
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 7)
    }
  })

  test('sees no later event and no padding', () => {
    const batch = paddedBatch(model, 2, 4, 1)
    const before = outputsOf(batch)
    const changed = { ...batch, location: batch.location.slice(), gapBefore: batch.gapBefore!.slice() }
    for (const position of [2, 7]) {
      // 7 is padding.
      changed.location[position] = (changed.location[position] + 1) % L
      changed.gapBefore[position] = (changed.gapBefore[position] + 1) % G
    }
    const after = outputsOf(changed)
    const rows = (logits: Float64Array, classes: number, from: number, to: number) =>
      Array.from(logits.subarray(from * classes, to * classes))
    for (const [head, classes] of [
      ['location', L],
      ['gap', G],
    ] as const) {
      expect(rows(after[head], classes, 0, 2)).toEqual(rows(before[head], classes, 0, 2))
      expect(rows(after[head], classes, 4, 7)).toEqual(rows(before[head], classes, 4, 7))
      expect(rows(after[head], classes, 2, 3)).not.toEqual(rows(before[head], classes, 2, 3))
    }
  })
})

describe('a model with extra heads', () => {
  test('starts from the parameters that it has without them, and its heads from the frequencies of what they predict', () => {
    const layout = layoutParameters(model)
    const location = Float64Array.of(1, 5, 0)
    const gap = Float64Array.from({ length: G }, (_, bucket) => bucket)
    const withHeads = parameterViews(layout, initializeParameters(layout, 3, { location, gap }))
    const plainLayout = layoutParameters(tinyModel())
    const plain = parameterViews(plainLayout, initializeParameters(plainLayout, 3))
    for (const [name, { data }] of Object.entries(plain)) expect(withHeads[name].data, name).toEqual(data)
    expect(Array.from(withHeads['locationHead.bias'].data, Math.exp)).toEqual(
      [2 / 9, 6 / 9, 1 / 9].map((share) => expect.closeTo(share, 6)),
    )
    expect(Math.exp(withHeads['gapHead.bias'].data[3])).toBeCloseTo(4 / 136, 6)
  })

  test('says of behaviours what the same parameters say without heads', () => {
    const layout = layoutParameters(model)
    const views = parameterViews(layout, randomParameters(model))
    const plain = tinyModel()
    const plainLayout = layoutParameters(plain)
    const values = new Float32Array(plainLayout.count)
    for (const { name, offset } of plainLayout.slices) values.set(views[name].data, offset)
    const batch = paddedBatch(model, 2, 4, 1)
    const { logits } = interpret(buildInference(plain), {
      parameters: vector(values),
      ...interpreterFeeds(plain, batch),
    })
    expect(Array.from(outputsOf(batch).behaviour)).toEqual(Array.from(logits.data))
  })

  const sizes = { behaviours: 5, locations: 3, slots: 48, length: 8 }

  test('is refused without locations, and with the time that the gap head is to predict', () => {
    expect(() => resolveModel(modelOptions.parse({ locationHead: true }), { ...sizes, locations: 1 })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('--location-head') }),
    )
    expect(() => resolveModel(modelOptions.parse({ gapHead: true, targetTime: true }), sizes)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('--target-time') }),
    )
    expect(resolveModel(modelOptions.parse({ locationHead: true, targetTime: true }), sizes)).toMatchObject({
      locationHead: true,
      gapHead: false,
    })
  })
})
