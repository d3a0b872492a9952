import { add, concat, divide, minimum, multiply, reduceSum, slice, sqrt, subtract, type Value } from '../graph/index.ts'
import type { ParameterLayout } from './parameters.ts'

export interface OptimizerOptions {
  readonly betas: readonly [number, number]
  /** Default 1e-8. */
  readonly epsilon?: number
  readonly weightDecay: number
  /** Decay embeddings too; biases never decay. */
  readonly decayEmbeddings: boolean
  /** Gradients are scaled down to this global norm. */
  readonly gradientClip: number
}

/** Parameters and moments as flat vectors [count]. */
export interface OptimizerState {
  readonly parameters: Value
  readonly firstMoment: Value
  readonly secondMoment: Value
}

export interface OptimizerUpdate extends OptimizerState {
  /** Global norm before clipping: scalar. */
  readonly gradientNorm: Value
}

/**
 * Declares the scalars that the host computes for each step: the bias corrections and the learning rate change with the step, and in
 * float64 on the host they cost nothing.
 */
export interface StepScalars {
  /** learningRate sqrt(1 - beta2^step) / (1 - beta1^step) */
  readonly stepSize: Value
  /** epsilon sqrt(1 - beta2^step) */
  readonly epsilon: Value
  /** 1 - learningRate * weightDecay */
  readonly keep: Value
}

export function stepScalars(
  { betas: [beta1, beta2], epsilon = 1e-8, weightDecay }: OptimizerOptions,
  learningRate: number,
  step: number,
): Record<keyof StepScalars, number> {
  const secondCorrection = Math.sqrt(1 - beta2 ** step)
  return {
    stepSize: (learningRate * secondCorrection) / (1 - beta1 ** step),
    epsilon: epsilon * secondCorrection,
    keep: 1 - learningRate * weightDecay,
  }
}

/**
 * One step of AdamW (Loshchilov & Hutter, arXiv 1711.05101) with clipping by the global norm:
 *
 *     g <- g min(1, clip / |g|)    m <- b1 m + (1 - b1) g    v <- b2 v + (1 - b2) g^2
 *     p <- (1 - lr decay) p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * where only weights, and embeddings if asked, have the factor (1 - lr decay).
 */
export function adamW(
  options: OptimizerOptions,
  layout: ParameterLayout,
  state: OptimizerState,
  gradient: Value,
  scalars: StepScalars,
): OptimizerUpdate {
  const [beta1, beta2] = options.betas
  const squares = multiply(gradient, gradient)
  const gradientNorm = sqrt(reduceSum(squares))
  const scale = minimum(divide(options.gradientClip, add(gradientNorm, 1e-6)), 1)
  // The scalars are multiplied with each other first: each product with a vector is a pass over all parameters.
  const firstMoment = add(multiply(state.firstMoment, beta1), multiply(gradient, multiply(scale, 1 - beta1)))
  const secondMoment = add(
    multiply(state.secondMoment, beta2),
    multiply(squares, multiply(multiply(scale, scale), 1 - beta2)),
  )
  // Numerator and denominator times sqrt(1 - b2^t), as in section 2 of Adam (arXiv 1412.6980): one pass less.
  const update = divide(multiply(firstMoment, scalars.stepSize), add(sqrt(secondMoment), scalars.epsilon))
  const parameters = subtract(decay(options, layout, state.parameters, scalars.keep), update)
  return { parameters, firstMoment, secondMoment, gradientNorm }
}

/** The layout puts everything that decays before everything that does not. */
function decay(options: OptimizerOptions, layout: ParameterLayout, parameters: Value, keep: Value): Value {
  if (options.weightDecay === 0) return parameters
  const decaying = decayingCount(options, layout)
  return concat(
    [multiply(slice(parameters, 0, 0, decaying), keep), slice(parameters, 0, decaying, layout.count - decaying)],
    0,
  )
}

/** Length of the prefix of the flat vector that the optimizer decays. */
export function decayingCount(options: OptimizerOptions, layout: ParameterLayout): number {
  return layout.slices
    .filter(({ kind }) => kind === 'weight' || (kind === 'embedding' && options.decayEmbeddings))
    .reduce((sum, { size }) => sum + size, 0)
}
