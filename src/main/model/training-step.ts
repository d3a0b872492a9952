import { type ExtraHead, extraHeads } from '../../shared/heads.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import { add, divide, Graph, gradients, multiply, type Target, type Value } from '../graph/index.ts'
import { behaveGpt, declareModelInputs, type HeadOutputs, type ModelInputs, unpackParameters } from './behavegpt.ts'
import { compileGraph } from './compile.ts'
import type { CompiledGraph } from './compiled-graph.ts'
import { headsOf, type ModelConfiguration } from './configuration.ts'
import { declareDropout } from './dropout.ts'
import {
  declareLossInputs,
  type HeadLosses,
  type HeadWeights,
  headLosses,
  type ObjectiveGraphOptions,
  type TokenLosses,
  tokenLosses,
} from './loss.ts'
import { adamW, type OptimizerOptions, type StepScalars } from './optimizer.ts'
import { layoutParameters, type ParameterLayout } from './parameters.ts'

export type { HeadWeights, ObjectiveGraphOptions, SampleWeighting } from './loss.ts'

export interface TrainingGraphOptions {
  readonly model: ModelConfiguration
  /** B sequences of I positions. */
  readonly batch: number
  readonly length: number
  readonly objective: ObjectiveGraphOptions
  readonly optimizer: OptimizerOptions
  /** Seeds the pool of dropout masks. */
  readonly seed: number
  /** For a model that reads them; its training targets are among the counts. */
  readonly transitions?: TransitionCounts
  /** For a model with extra heads. */
  readonly headWeights?: HeadWeights
}

/**
 * `step`: forward, backward and update in one graph. Inputs: those of the model, of its dropout and of the loss, `tokens` (number of
 * counted tokens) and the scalars of AdamW; state `parameters`, `firstMoment`, `secondMoment`; outputs `loss`, `tokenLoss`, `gradientNorm`
 * and, of each extra head, the sum of its cross-entropy over the counted tokens (`headSums`).
 */
export function buildTrainingStep(options: TrainingGraphOptions): Graph {
  const graph = new Graph()
  const layout = layoutParameters(options.model)
  const parameters = graph.input('parameters', 'float32', [layout.count])
  const { weightedSum, tokenLoss, headSums } = buildLoss(graph, options, layout, parameters)
  const loss = divide(weightedSum, graph.input('tokens', 'float32', []))
  const [gradient] = gradients(loss, [parameters])
  graph.output('loss', loss)
  graph.output('tokenLoss', tokenLoss)
  outputHeadSums(graph, headSums)
  buildUpdate(graph, options.optimizer, layout, parameters, gradient)
  return graph
}

/**
 * Forward and backward of one micro-batch, its gradient added to the pending one: `pendingGradient` <- `keepPending` (0 or 1) *
 * `pendingGradient` + gradient of the weighted sum. Outputs: `weightedSum`, `tokenLoss` and those of `headSums`.
 */
export function buildAccumulation(options: TrainingGraphOptions): Graph {
  const graph = new Graph()
  const layout = layoutParameters(options.model)
  const parameters = graph.input('parameters', 'float32', [layout.count])
  const pending = graph.input('pendingGradient', 'float32', [layout.count])
  const { weightedSum, tokenLoss, headSums } = buildLoss(graph, options, layout, parameters)
  const [gradient] = gradients(weightedSum, [parameters])
  graph.output('weightedSum', weightedSum)
  graph.output('tokenLoss', tokenLoss)
  outputHeadSums(graph, headSums)
  graph.output('nextPendingGradient', add(multiply(pending, graph.input('keepPending', 'float32', [])), gradient))
  return graph
}

/** The update by the pending gradient divided by `tokens`, the counted tokens of all micro-batches. Output: `gradientNorm`. */
export function buildPendingUpdate(options: TrainingGraphOptions): Graph {
  const graph = new Graph()
  const layout = layoutParameters(options.model)
  const parameters = graph.input('parameters', 'float32', [layout.count])
  const pending = graph.input('pendingGradient', 'float32', [layout.count])
  const gradient = divide(pending, graph.input('tokens', 'float32', []))
  buildUpdate(graph, options.optimizer, layout, parameters, gradient)
  return graph
}

/** Outputs of the extra heads' summed cross-entropies. */
export const headSums = { location: 'locationLossSum', gap: 'gapLossSum' } as const satisfies Record<ExtraHead, string>

function outputHeadSums(graph: Graph, sums: HeadLosses['sums']): void {
  for (const head of extraHeads) if (sums[head] !== undefined) graph.output(headSums[head], sums[head])
}

/** Weighted loss of a batch, before the division by the counted tokens, as a graph of the flat parameters. */
export function buildLoss(
  graph: Graph,
  { model, batch, length, objective, seed, transitions, headWeights = {} }: Omit<TrainingGraphOptions, 'optimizer'>,
  layout: ParameterLayout,
  parameters: Value,
): TokenLosses & { readonly heads: HeadOutputs; readonly headSums: HeadLosses['sums'] } {
  const inputs = declareModelInputs(graph, model, batch, length, transitions)
  const visited = model.locationHead ? graph.input('visited', 'int32', [batch, length]) : undefined
  const dropout = declareDropout(graph, model, batch, length, seed)
  const withHeads = headsOf(model).length > 0
  const lossInputs = declareLossInputs(graph, objective, batch * length, model.behaviours, withHeads)
  const seen = leaveOut({ ...inputs, visited }, lossInputs.target)
  const heads = behaveGpt(model, unpackParameters(parameters, layout), seen, dropout)
  const losses = tokenLosses(objective, heads.behaviour, lossInputs)
  const extra = headLosses(heads, lossInputs.counted, headWeights)
  if (extra === undefined) return { ...losses, heads, headSums: {} }
  return { ...losses, weightedSum: add(losses.weightedSum, extra.weightedSum), heads, headSums: extra.sums }
}

/** Every target's own transition is in the counts: left in, it would tell the answer. */
function leaveOut(inputs: ModelInputs, target: Value): ModelInputs {
  if (inputs.transitions === undefined) return inputs
  return { ...inputs, transitions: { ...inputs.transitions, leftOut: target } }
}

function buildUpdate(
  graph: Graph,
  optimizer: OptimizerOptions,
  layout: ParameterLayout,
  parameters: Value,
  gradient: Value,
): void {
  const moment = (name: string) => graph.input(name, 'float32', [layout.count])
  const scalar = (name: keyof StepScalars) => graph.input(name, 'float32', [])
  const update = adamW(
    optimizer,
    layout,
    { parameters, firstMoment: moment('firstMoment'), secondMoment: moment('secondMoment') },
    gradient,
    { stepSize: scalar('stepSize'), epsilon: scalar('epsilon'), keep: scalar('keep') },
  )
  graph.output('gradientNorm', update.gradientNorm)
  graph.output('nextParameters', update.parameters)
  graph.output('nextFirstMoment', update.firstMoment)
  graph.output('nextSecondMoment', update.secondMoment)
}

/**
 * The graphs of one training step for a device: one that does all, or two that share their state when gradients accumulate. With several steps
 * per call, `step` is repeated; where gradients accumulate, so is `accumulate`, while `update` stands alone between the batches of two steps.
 */
export type CompiledTrainingStep =
  | { readonly step: CompiledGraph }
  | { readonly accumulate: CompiledGraph; readonly update: CompiledGraph }

export function compileTrainingStep(
  options: TrainingGraphOptions & {
    readonly target: Target
    readonly accumulation: number
    readonly stepsPerCall: number
  },
): CompiledTrainingStep {
  const { target, accumulation, stepsPerCall } = options
  const repeated = stepsPerCall > 1
  const optimizerState = [
    { input: 'parameters', output: 'nextParameters' },
    { input: 'firstMoment', output: 'nextFirstMoment' },
    { input: 'secondMoment', output: 'nextSecondMoment' },
  ]
  if (accumulation === 1)
    return { step: compileGraph(buildTrainingStep(options), { target, state: optimizerState, repeated }) }
  return {
    accumulate: compileGraph(buildAccumulation(options), {
      target,
      state: [{ input: 'parameters' }, { input: 'pendingGradient', output: 'nextPendingGradient' }],
      repeated,
    }),
    update: compileGraph(buildPendingUpdate(options), {
      target,
      state: [...optimizerState, { input: 'pendingGradient' }],
    }),
  }
}
