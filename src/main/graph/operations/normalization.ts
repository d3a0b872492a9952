import { formatShape, GraphError, sameShape } from '../dimensions.ts'
import type { Emitter } from '../emission.ts'
import { apply, type Operation, requireType, type Tensor, type Value } from '../graph.ts'
import { sizeOf } from '../tensors.ts'
import { expand, reduceSum } from './broadcasting.ts'
import { add, divide, exp, multiply, square, subtract } from './elementwise.ts'
import { emitPick, interpretPick, oneHot } from './indexing.ts'
import { unsqueeze } from './layout.ts'
import { reduceMean } from './reductions.ts'

/** Applies a function to each line of the last axis. */
function byLines(x: Tensor, compute: (line: Float64Array) => Float64Array): Tensor {
  const length = x.shape[x.shape.length - 1]
  const data = new Float64Array(x.data.length)
  for (let start = 0; start < data.length; start += length)
    data.set(compute(x.data.subarray(start, start + length)), start)
  return { data, shape: x.shape }
}

function logSumExp(line: Float64Array): number {
  const largest = line.reduce((a, b) => Math.max(a, b))
  return largest + Math.log(line.reduce((sum, element) => sum + Math.exp(element - largest), 0))
}

function inferLastAxis(name: string, x: Value) {
  requireType(name, x, 'float32')
  if (x.rank === 0) throw new GraphError(`${name}: ${formatShape(x.shape)} has no last axis`)
  return [{ type: x.type, shape: x.shape }]
}

const softmaxOperation: Operation<null> = {
  name: 'softmax',
  infer: ([x]) => inferLastAxis('softmax', x),
  derivative({ outputs: [y], gradients: [g] }) {
    return [multiply(y, subtract(g!, reduceSum(multiply(g!, y), { axes: -1, keep: true })))]
  },
  emit: (emitter, [x]) => [emitter.node('Softmax', [x], { axis: -1 })],
  interpret: ([x]) => [
    byLines(x, (line) => {
      const total = logSumExp(line)
      return line.map((element) => Math.exp(element - total))
    }),
  ],
}

/** e^x over its sum along the last axis. Derivative: dx = y (g - sum(g y)). */
export function softmax(x: Value): Value {
  return apply(softmaxOperation, [x], null)
}

const logSoftmaxOperation: Operation<null> = {
  name: 'logSoftmax',
  infer: ([x]) => inferLastAxis('logSoftmax', x),
  derivative: ({ outputs: [y], gradients: [g] }) => [logSoftmaxGradient(y, g!)],
  emit: (emitter, [x]) => [emitLogSoftmax(emitter, x)],
  interpret: ([x]) => [interpretLogSoftmax(x)],
}

function logSoftmaxGradient(y: Value, g: Value): Value {
  return subtract(g, multiply(exp(y), reduceSum(g, { axes: -1, keep: true })))
}

function emitLogSoftmax(emitter: Emitter, x: string): string {
  if (emitter.target === 'cpu') return emitter.node('LogSoftmax', [x], { axis: -1 })
  const axis = emitter.constant([-1], 'int64')
  const shifted = emitter.node('Sub', [x, emitter.node('ReduceMax', [x, axis], { keepdims: 1 })])
  const total = emitter.node('ReduceSum', [emitter.node('Exp', [shifted]), axis], { keepdims: 1 })
  return emitter.node('Sub', [shifted, emitter.node('Log', [total])])
}

function interpretLogSoftmax(x: Tensor): Tensor {
  return byLines(x, (line) => {
    const total = logSumExp(line)
    return line.map((element) => element - total)
  })
}

/** x - log sum e^x along the last axis. Derivative: dx = g - e^y sum(g). */
export function logSoftmax(x: Value): Value {
  return apply(logSoftmaxOperation, [x], null)
}

const crossEntropyOperation: Operation<null> = {
  name: 'crossEntropy',
  infer([logits, targets]) {
    requireType('crossEntropy', logits, 'float32')
    requireType('crossEntropy', targets, 'int32')
    if (logits.rank === 0 || !sameShape(logits.shape.slice(0, -1), targets.shape)) {
      throw new GraphError(
        `crossEntropy: targets ${formatShape(targets.shape)} are not one for each row of logits ${formatShape(logits.shape)}`,
      )
    }
    return [
      { type: 'float32', shape: targets.shape },
      { type: 'float32', shape: logits.shape },
    ]
  },
  derivative({ inputs: [logits, targets], outputs: [, logProbabilities], gradients: [byLoss, byLogProbabilities] }) {
    const classes = logits.shape[logits.rank - 1]
    if (typeof classes !== 'number') {
      throw new GraphError(
        `crossEntropy: no derivative with an unknown number of classes in ${formatShape(logits.shape)}`,
      )
    }
    const other = byLogProbabilities && logSoftmaxGradient(logProbabilities, byLogProbabilities)
    if (!byLoss) return [other, undefined]
    const own = multiply(subtract(exp(logProbabilities), oneHot(targets, classes)), unsqueeze(byLoss, -1))
    return [other ? add(own, other) : own, undefined]
  },
  emit(emitter, [logits, targets], { inputs: [, { shape }] }) {
    const logProbabilities = emitLogSoftmax(emitter, logits)
    return [emitter.node('Neg', [emitPick(emitter, logProbabilities, targets, shape)]), logProbabilities]
  },
  interpret([logits, targets], _, [shape]) {
    const logProbabilities = interpretLogSoftmax(logits)
    const picked = interpretPick(logProbabilities, targets, shape)
    return [{ shape, data: picked.data.map((element) => -element) }, logProbabilities]
  },
}

/**
 * Negative log likelihood of targets: logits [..., C], int32 targets [...] in 0..C-1 -> loss [...] and log probabilities [..., C].
 * Derivative: dlogits = (softmax(logits) - oneHot(targets)) g, without differentiating the choice of the target.
 */
export function crossEntropy(logits: Value, targets: Value): { loss: Value; logProbabilities: Value } {
  const [loss, logProbabilities] = logits.graph.apply(crossEntropyOperation, [logits, targets], null)
  return { loss, logProbabilities }
}

interface LayerNormalizationAttributes {
  readonly epsilon: number
}

const layerNormalizationOperation: Operation<LayerNormalizationAttributes> = {
  name: 'layerNormalization',
  infer([x, scale, bias]) {
    if (x.rank > 0 && typeof x.shape[x.rank - 1] !== 'number') {
      throw new GraphError(`layerNormalization: the last axis of ${formatShape(x.shape)} has no known size`)
    }
    for (const parameter of [scale, bias]) {
      if (parameter && !sameShape(parameter.shape, x.shape.slice(-1))) {
        throw new GraphError(
          `layerNormalization: ${formatShape(parameter.shape)} does not fit the last axis of ${formatShape(x.shape)}`,
        )
      }
    }
    const [normalized] = inferLastAxis('layerNormalization', x)
    const statistics = { type: x.type, shape: [...x.shape.slice(0, -1), 1] }
    return [normalized, statistics, statistics]
  },
  derivative({ inputs: [x, scale, bias], outputs: [y, mean, inverseDeviation], gradients, wants }) {
    const [g, byMean, byInverseDeviation] = gradients
    const standard = scale ? multiply(subtract(x, mean), inverseDeviation) : y
    const rows = { axes: Array.from({ length: x.rank - 1 }, (_, axis) => axis) }
    const width = x.shape[x.rank - 1] as number
    const byInput = () =>
      sumOf([
        g && standardizationGradient(standard, inverseDeviation, scale ? multiply(g, scale) : g),
        byMean && expand(divide(byMean, width), x.shape),
        byInverseDeviation &&
          multiply(divide(multiply(byInverseDeviation, square(inverseDeviation)), -width), standard),
      ])
    return [
      wants(0) ? byInput() : undefined,
      ...(scale ? [g && wants(1) ? reduceSum(multiply(g, standard), rows) : undefined] : []),
      ...(bias ? [g && wants(2) ? reduceSum(g, rows) : undefined] : []),
    ]
  },
  emit(emitter, [x, scale, bias], { inputs: [{ shape }], outputs, attributes: { epsilon } }) {
    const ones = () => emitter.constant(new Array<number>(shape[shape.length - 1] as number).fill(1), 'float32')
    const parameters = [x, scale ?? ones(), ...(bias ? [bias] : [])]
    const attributes = { axis: -1, epsilon: { float: epsilon } }
    const statisticsUsed = outputs.slice(1).some((output) => emitter.isUsed(output))
    if (!statisticsUsed) {
      const y = emitter.node('LayerNormalization', parameters, attributes)
      return [y, '', '']
    }
    if (emitter.target === 'cpu') return emitter.nodes('LayerNormalization', parameters, { outputs: 3, attributes })
    return emitStandardization(emitter, x, scale, bias, epsilon)
  },
  interpret([x, scale, bias], { epsilon }, [, shape]) {
    const width = x.shape[x.shape.length - 1]
    const mean = new Float64Array(sizeOf(shape))
    const inverseDeviation = new Float64Array(mean.length)
    let row = 0
    const y = byLines(x, (line) => {
      const center = line.reduce((a, b) => a + b, 0) / width
      const variance = line.reduce((sum, element) => sum + (element - center) ** 2, 0) / width
      const inverse = 1 / Math.sqrt(variance + epsilon)
      mean[row] = center
      inverseDeviation[row++] = inverse
      return line.map((element, at) => (element - center) * inverse * (scale?.data[at] ?? 1) + (bias?.data[at] ?? 0))
    })
    return [y, { data: mean, shape }, { data: inverseDeviation, shape }]
  },
}

function sumOf(terms: readonly (Value | undefined)[]): Value | undefined {
  const present = terms.filter((term) => term !== undefined)
  return present.length === 0 ? undefined : present.reduce((sum, term) => add(sum, term))
}

/** dx = inverse deviation * (g - mean(g) - xhat mean(g xhat)) of xhat = (x - mean) * inverse deviation. */
function standardizationGradient(standard: Value, inverseDeviation: Value, g: Value): Value {
  const lastAxis = { axes: -1, keep: true }
  const along = multiply(standard, reduceMean(multiply(g, standard), lastAxis))
  return multiply(inverseDeviation, subtract(subtract(g, reduceMean(g, lastAxis)), along))
}

/** Layer normalisation from standard operators, for providers whose kernel does not give mean and deviation. */
function emitStandardization(
  emitter: Emitter,
  x: string,
  scale: string | undefined,
  bias: string | undefined,
  epsilon: number,
): string[] {
  const axis = emitter.constant([-1], 'int64')
  const mean = emitter.node('ReduceMean', [x, axis], { keepdims: 1 })
  const centered = emitter.node('Sub', [x, mean])
  const variance = emitter.node('ReduceMean', [emitter.node('Mul', [centered, centered]), axis], { keepdims: 1 })
  const deviation = emitter.node('Sqrt', [emitter.node('Add', [variance, emitter.constant(epsilon, 'float32')])])
  const inverseDeviation = emitter.node('Reciprocal', [deviation])
  const standard = emitter.node('Mul', [centered, inverseDeviation])
  const scaled = scale === undefined ? standard : emitter.node('Mul', [standard, scale])
  return [bias === undefined ? scaled : emitter.node('Add', [scaled, bias]), mean, inverseDeviation]
}

/**
 * Layer normalisation (Ba et al. 2016) over the last axis: x [..., D] -> xhat scale + bias, xhat = (x - mean) / sqrt(variance + epsilon).
 * Without scale and bias the backward pass costs about half: the next linear layer can absorb both.
 * Derivative: with h = g scale, dx = (h - mean(h) - xhat mean(h xhat)) / sqrt(variance + epsilon), dscale = sum of g xhat and
 * dbias = sum of g over all rows. Mean and inverse deviation of the forward pass are reused.
 */
export function layerNormalization(
  x: Value,
  { scale, bias, epsilon = 1e-5 }: { scale?: Value; bias?: Value; epsilon?: number } = {},
): Value {
  if (bias && !scale) throw new GraphError('layerNormalization: a bias needs a scale')
  const inputs = [x, ...(scale ? [scale] : []), ...(bias ? [bias] : [])]
  return apply(layerNormalizationOperation, inputs, { epsilon })
}
