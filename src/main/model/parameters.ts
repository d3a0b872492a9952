import assert from 'node:assert'
import { WorkbenchError } from '../../shared/errors.ts'
import { gapBuckets } from '../../shared/gaps.ts'
import { habitDecays } from '../../shared/habit.ts'
import { phrase } from '../../shared/phrase.ts'
import { type ModelConfiguration, modelWidth } from './configuration.ts'
import { normalGenerator } from './random.ts'

/** Decides initialisation and whether the optimizer decays it. */
export type ParameterKind = 'weight' | 'embedding' | 'bias'

/** A named tensor inside the flat parameter vector. */
export interface ParameterSlice {
  readonly name: string
  readonly shape: readonly number[]
  readonly kind: ParameterKind
  /** First element in the flat vector, and number of elements. */
  readonly offset: number
  readonly size: number
  /** Initial values: N(0, deviation^2) or, when deviation is 0, the constant `mean` everywhere. */
  readonly mean: number
  readonly deviation: number
}

/**
 * Where each named tensor lies in the flat vector. All weights come first, then all embeddings, then the rest,
 * so that what the optimizer decays is one prefix.
 */
export interface ParameterLayout {
  readonly slices: readonly ParameterSlice[]
  readonly byName: ReadonlyMap<string, ParameterSlice>
  /** Length of the flat vector. */
  readonly count: number
}

export interface NamedTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

type Declaration = Omit<ParameterSlice, 'offset' | 'size'>

const embeddingDeviation = 0.1

/** The layout of a model's parameters. */
export function layoutParameters(model: ModelConfiguration): ParameterLayout {
  const declarations = declareParameters(model)
  const order: readonly ParameterKind[] = ['weight', 'embedding', 'bias']
  const sorted = order.flatMap((kind) => declarations.filter((declaration) => declaration.kind === kind))
  const slices: ParameterSlice[] = []
  let offset = 0
  for (const declaration of sorted) {
    const size = declaration.shape.reduce((product, length) => product * length, 1)
    slices.push({ ...declaration, offset, size })
    offset += size
  }
  return { slices, byName: new Map(slices.map((slice) => [slice.name, slice])), count: offset }
}

function declareParameters(model: ModelConfiguration): Declaration[] {
  const d = model.streamWidth
  const D = modelWidth(model)
  const V = model.behaviours
  const declarations: Declaration[] = []
  /** The deviation of the uniform distribution on +-1/sqrt(fan in), times `scale`. */
  const weight = (name: string, shape: readonly [number, number], { scale = 1, fanIn = shape[0] } = {}) =>
    declarations.push({ name, shape, kind: 'weight', mean: 0, deviation: scale / Math.sqrt(3 * fanIn) })
  const embedding = (name: string, rows: number, width: number) =>
    declarations.push({ name, shape: [rows, width], kind: 'embedding', mean: 0, deviation: embeddingDeviation })
  const bias = (name: string, width: number) =>
    declarations.push({ name, shape: [width], kind: 'bias', mean: 0, deviation: 0 })

  embedding('embedding.location', model.locations, d)
  embedding('embedding.weekday', 7, d)
  embedding('embedding.slot', model.slots, d)
  embedding('embedding.behaviour', V + 2, d) // row V: unknown, row V + 1: padding
  embedding('embedding.position', model.length, D)
  if (model.targetTime) {
    embedding('embedding.targetWeekday', 7, D)
    embedding('embedding.targetSlot', model.slots, D)
  }
  // Each block adds twice to the residual stream: 1/sqrt(2 layers) keeps its variance independent of depth (GPT-2).
  const residualScale = 1 / Math.sqrt(2 * model.layers)
  for (let layer = 0; layer < model.layers; layer++) {
    const block = `block.${layer}`
    for (const role of ['query', 'key', 'value']) weight(`${block}.attention.${role}.weight`, [D, D])
    weight(`${block}.attention.projection.weight`, [D, D], { scale: residualScale })
    weight(`${block}.mlp.up.weight`, [4 * D, D], { fanIn: D })
    weight(`${block}.mlp.down.weight`, [4 * D, D], { scale: residualScale })
  }
  weight('head.hidden.weight', [D, D])
  bias('head.hidden.bias', D)
  // Small, so that the first predictions are the bias.
  weight('head.output.weight', [D, V], { scale: 0.1 })
  bias('head.output.bias', V)
  if (model.habit) {
    const gates = habitDecays.length + (model.transitions ? 2 : 1)
    weight('habit.gate.weight', [D, gates], { scale: 0.1 })
    bias('habit.gate.bias', gates)
    bias('habit.gate.history', gates)
    if (model.transitions) bias('habit.gate.transitions', gates)
    bias('habit.tilt', V)
  }
  const mixture = (head: string) => {
    const gates = habitDecays.length + 1
    weight(`${head}.gate.weight`, [D, gates], { scale: 0.1 })
    bias(`${head}.gate.bias`, gates)
    bias(`${head}.gate.history`, gates)
  }
  if (model.locationHead) {
    weight('locationHead.query.weight', [D, d])
    bias('locationHead.bias', model.locations)
    mixture('locationHead')
  }
  if (model.gapHead) {
    weight('gapHead.weight', [D, gapBuckets], { scale: 0.1 })
    bias('gapHead.bias', gapBuckets)
    mixture('gapHead')
  }
  return declarations
}

/** How often each class of a head is a target of the training period. */
export interface TargetCounts {
  /** [V] */
  readonly behaviour?: Float64Array
  /** [L] */
  readonly location?: Float64Array
  /** [G] */
  readonly gap?: Float64Array
}

/**
 * Initial flat parameters. A tensor's numbers depend on the seed, its name and its shape alone, but for the output biases: with
 * counts they are the log of their frequencies (each counted once more), where training would otherwise spend its first epoch arriving.
 */
export function initializeParameters(layout: ParameterLayout, seed: number, counts: TargetCounts = {}): Float32Array {
  const parameters = new Float32Array(layout.count)
  for (const { name, offset, size, mean, deviation } of layout.slices) {
    if (deviation === 0) {
      parameters.fill(mean, offset, offset + size)
    } else {
      const normal = normalGenerator('parameters', seed, name)
      for (let index = offset; index < offset + size; index++) parameters[index] = mean + deviation * normal()
    }
  }
  // The training period has no unknown behaviours, so nothing ever trains their embedding: it says nothing rather than something random.
  const { offset: behaviours, shape } = layout.byName.get('embedding.behaviour')!
  const [tokens, width] = shape
  parameters.fill(0, behaviours + (tokens - 2) * width, behaviours + tokens * width)
  const biases = { behaviour: 'head.output.bias', location: 'locationHead.bias', gap: 'gapHead.bias' } as const
  for (const [head, name] of Object.entries(biases)) {
    const ofHead = counts[head as keyof TargetCounts]
    if (ofHead !== undefined) startFromFrequencies(parameters, layout.byName.get(name), ofHead)
  }
  return parameters
}

function startFromFrequencies(parameters: Float32Array, bias: ParameterSlice | undefined, counts: Float64Array): void {
  assert.strictEqual(counts.length, bias?.size, 'one count for each class of a head that the model has')
  const total = counts.reduce((sum, count) => sum + count + 1, 0)
  for (const [index, count] of counts.entries()) parameters[bias!.offset + index] = Math.log((count + 1) / total)
}

/** Named views into a flat vector (parameters or moments), without copying: the tensors of a safetensors file. */
export function parameterViews(layout: ParameterLayout, flat: Float32Array): Record<string, NamedTensor> {
  assert.strictEqual(flat.length, layout.count, `flat vector has ${flat.length} elements, the layout ${layout.count}`)
  return Object.fromEntries(
    layout.slices.map(({ name, shape, offset, size }) => [name, { shape, data: flat.subarray(offset, offset + size) }]),
  )
}

/**
 * The flat vector of named tensors, the inverse of `parameterViews`.
 *
 * @throws WorkbenchError `corrupt` naming the first tensor that is missing, superfluous or of another shape.
 */
export function flattenParameters(
  layout: ParameterLayout,
  tensors: Readonly<Record<string, NamedTensor>>,
): Float32Array {
  const flat = new Float32Array(layout.count)
  for (const { name, shape, offset } of layout.slices) {
    const tensor = tensors[name]
    if (tensor === undefined) throw new WorkbenchError('corrupt', phrase`The parameters lack the tensor ${name}.`)
    if (tensor.shape.join() !== shape.join()) {
      throw new WorkbenchError(
        'corrupt',
        phrase`The tensor ${name} has shape [${tensor.shape.join(', ')}]; the model needs [${shape.join(', ')}].`,
        phrase`The parameters belong to another model configuration.`,
      )
    }
    flat.set(tensor.data, offset)
  }
  for (const name of Object.keys(tensors)) {
    if (!layout.byName.has(name)) throw new WorkbenchError('corrupt', phrase`The model has no tensor named ${name}.`)
  }
  return flat
}
