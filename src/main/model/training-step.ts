import type { CompiledGraph } from './compiled-graph.ts'
import type { ModelConfiguration } from './configuration.ts'
import type { OptimizerOptions } from './optimizer.ts'

/**
 * What an objective needs inside the graph, beyond the weights that every objective feeds.
 * Loss = sum(weights * CE(logits + shift, target)) / sum(counted).
 */
export interface ObjectiveGraphOptions {
  /** Feed `shift` [V], added to the logits in the loss only. */
  readonly shift: boolean
  /** Each token's loss is multiplied by (1 - p)^gamma, and differentiated through it; p is the (shifted) probability of the target. */
  readonly focalGamma?: number
  /** Weights of the tokens of one batch by their own losses, without a gradient of their own. */
  readonly sample?: { readonly kind: 'kl'; readonly tau: number } | { readonly kind: 'cvar'; readonly alpha: number }
}

export interface TrainingStepGraphOptions {
  readonly model: ModelConfiguration
  /** B sequences of I positions. */
  readonly batch: number
  readonly length: number
  readonly objective: ObjectiveGraphOptions
  readonly optimizer: OptimizerOptions
  /** Seeds the dropout masks. */
  readonly seed: number
  readonly target: 'cpu' | 'portable'
}
export type { CompiledGraph }
