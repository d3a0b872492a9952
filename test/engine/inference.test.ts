import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { createInference } from '../../src/main/engine/inference.ts'
import { randomBatch } from '../../src/main/engine/probe.ts'
import { Graph, interpret } from '../../src/main/graph/index.ts'
import { compileInference } from '../../src/main/model/inference.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { buildLoss } from '../../src/main/model/training-step.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import {
  interpreterFeeds,
  paddedBatch,
  randomParameters,
  tinyModel,
  tinyTransitions,
  vector,
} from '../model/support.ts'

// Dropout is configured: inference must not have it.
const model = tinyModel({ targetTime: true, layers: 2, dropout: 0.5, embeddingDropout: 0.5 })
const parameters = randomParameters(model)

/** Logits of the training graph (its dropout off), in float64. */
function trainingLogits(batch: ReturnType<typeof paddedBatch>): Float64Array {
  const graph = new Graph()
  const layout = layoutParameters(model)
  const plain = { ...model, dropout: 0, embeddingDropout: 0 }
  const {
    heads: { behaviour: logits },
  } = buildLoss(
    graph,
    { model: plain, batch: batch.size, length: batch.length, objective: { shift: false }, seed: 1 },
    layout,
    graph.input('parameters', 'float32', [layout.count]),
  )
  graph.output('logits', logits)
  return interpret(graph, {
    ...interpreterFeeds(model, batch),
    target: vector(batch.target),
    weights: vector(batch.counted),
    parameters: vector(parameters),
  }).logits.data
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0)
}

describe('inference', () => {
  test.each([
    [1, 1],
    [3, 4],
    [2, 2],
  ])('gives the logits of the training graph for %i sequences of length %i', async (size, length) => {
    const inference = await createInference(model, parameters, { device: 'cpu', threads: 1 })
    const batch = size > 1 ? paddedBatch(model, size, length, 1) : randomBatch(model, size, length)
    expect(largestDifference(await inference.logits(batch), trainingLogits(batch))).toBeLessThan(1e-4)
    await inference.dispose()
  })

  test.each([true, false])(
    'lastLogits are those of the last event that is not padding (habit term: %s)',
    async (habit) => {
      const model = tinyModel({ habit, layers: 2 })
      const inference = await createInference(model, randomParameters(model), { device: 'cpu', threads: 1 })
      const batch = paddedBatch(model, 3, 4, 2)
      const all = await inference.logits(batch)
      const V = model.behaviours
      const rowOf = (position: number) => Array.from(all.subarray(position * V, (position + 1) * V))
      const last = await inference.lastLogits(batch)
      expect(largestDifference(last, [...rowOf(3), ...rowOf(5), ...rowOf(11)])).toBeLessThan(1e-5)
      await inference.dispose()
    },
  )

  test('lastLogits with transitions are those of the last event, whatever it is', async () => {
    const model = tinyModel({ transitions: true })
    const transitions = tinyTransitions(model)
    const inference = await createInference(model, randomParameters(model), { device: 'cpu', threads: 1, transitions })
    const batch = paddedBatch(model, 3, 4, 2)
    for (const id of Array.from({ length: model.behaviours + 1 }, (_, token) => token)) {
      for (const position of [3, 5, 11]) batch.behaviour[position] = id
      const all = await inference.logits(batch)
      const V = model.behaviours
      const rows = [3, 5, 11].flatMap((position) => Array.from(all.subarray(position * V, (position + 1) * V)))
      expect(largestDifference(await inference.lastLogits(batch), rows)).toBeLessThan(1e-5)
    }
    await inference.dispose()
  })

  test('lastLogits of an empty sequence are zeros', async () => {
    const inference = await createInference(model, parameters, { device: 'cpu', threads: 1 })
    const batch = paddedBatch(model, 2, 3, 0)
    batch.behaviour.fill(model.behaviours + 1, 3)
    const last = await inference.lastLogits(batch)
    expect(last.subarray(model.behaviours)).toEqual(new Float32Array(model.behaviours))
    expect(last.subarray(0, model.behaviours)).not.toEqual(new Float32Array(model.behaviours))
    await inference.dispose()
  })

  test('the three distributions after the last event are those of its position, and one head is none without the others', async () => {
    const model = tinyModel({ locationHead: true, gapHead: true })
    const inference = await createInference(model, randomParameters(model), { device: 'cpu', threads: 1 })
    const batch = paddedBatch(model, 3, 4, 2)
    const all = await inference.headLogits(batch)
    const last = await inference.lastHeadLogits(batch)
    for (const head of ['behaviour', 'location', 'gap'] as const) {
      const width = last[head]!.length / 3
      const rows = [3, 4 + 1, 8 + 3].flatMap((position) =>
        Array.from(all[head]!.subarray(position * width, (position + 1) * width)),
      )
      expect(largestDifference(last[head]!, rows), head).toBeLessThan(1e-5)
    }
    expect(await inference.logits(batch)).toEqual(all.behaviour)
    await inference.dispose()
    const plain = await createInference(tinyModel(), randomParameters(tinyModel()), { device: 'cpu', threads: 1 })
    expect(Object.entries(await plain.headLogits(batch)).filter(([, logits]) => logits !== undefined)).toHaveLength(1)
    await plain.dispose()
  })

  test('new parameters replace the old ones', async () => {
    const batch = randomBatch(model, 2, 4)
    const inference = await createInference(model, parameters, { device: 'cpu', threads: 1 })
    const other = randomParameters(model, 2)
    await inference.writeParameters(other)
    const fresh = await createInference(model, other, { device: 'cpu', threads: 1 })
    expect(await inference.logits(batch)).toEqual(await fresh.logits(batch))
    await inference.dispose()
    await fresh.dispose()
  })
})

test('an exported model with its parameters inside gives the same logits in a bare session, of any batch and length', async () => {
  const metadata = { vocabulary: '["a","b"]' }
  const { model: bytes } = compileInference(model, { target: 'portable', parameters, metadata })
  const session = await ort.InferenceSession.create(bytes)
  for (const [size, length] of [
    [3, 4],
    [1, 2],
  ]) {
    const batch = randomBatch(model, size, length)
    const ids = (data: Int32Array) => new ort.Tensor('int32', data, [size, length])
    const { logits } = await session.run({
      behaviour: ids(batch.behaviour),
      location: ids(batch.location),
      weekday: ids(batch.weekday),
      slot: ids(batch.slot),
      targetWeekday: ids(batch.targetWeekday),
      targetSlot: ids(batch.targetSlot),
      priorCounts: new ort.Tensor('float32', batch.priorCounts, [size, habitDecays.length, model.behaviours]),
    })
    expect(logits.dims).toEqual([size, length, model.behaviours])
    expect(largestDifference(logits.data as Float32Array, trainingLogits(batch))).toBeLessThan(1e-4)
  }
  await session.release()
})
