import type { Device } from '../../shared/configuration.ts'
import type { Batch } from '../dataset/types.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import type { OptimizerOptions } from '../model/optimizer.ts'
import type { ParameterLayout } from '../model/parameters.ts'
import type { ObjectiveGraphOptions } from '../model/training-step.ts'

export interface TrainingStepOptions {
  readonly model: ModelConfiguration
  /** Every batch has B = batch sequences of I = length positions. */
  readonly batch: number
  readonly length: number
  readonly objective: ObjectiveGraphOptions
  readonly optimizer: OptimizerOptions
  /** A working device: `chooseDevice` resolves `auto`. */
  readonly device: Device
  readonly threads?: number
  /** Initial parameters and dropout. */
  readonly seed: number
  /** 1: `step` alone. More: `accumulate` may be called before `step`. */
  readonly accumulation: number
}

/** Flat vectors in the order of `TrainingStep.layout`. */
export interface TrainingState {
  parameters: Float32Array
  firstMoment: Float32Array
  secondMoment: Float32Array
}

export interface BatchInputs {
  /** Weight of each token's loss, 0 where the batch does not count it: [B * I]. */
  readonly weights: Float32Array
  /** Added to the logits in the loss: [V]. Given exactly when the objective says so. */
  readonly shift?: Float32Array
  /** Number of the optimizer step, from 1: with the seed, it decides the dropout masks. */
  readonly step: number
}

export interface BatchResult {
  /** sum(weights * loss) / sum(counted); of `step`, over all batches accumulated since the last one. */
  readonly loss: number
  /** Cross-entropy of each token without shift, focal factor or weight: [B * I]. */
  readonly tokenLoss: Float32Array
}

/** The training step of one model, its state resident on one device. One call at a time. */
export interface TrainingStep {
  readonly device: Device
  readonly layout: ParameterLayout
  /** Adds a batch's gradient to the pending ones (accumulation > 1 only). */
  accumulate(batch: Batch, inputs: BatchInputs): Promise<BatchResult>
  /** Adds a batch's gradient to the pending ones, if any, and updates the parameters. The norm is that before clipping. */
  step(
    batch: Batch,
    inputs: BatchInputs & { readonly learningRate: number },
  ): Promise<BatchResult & { readonly gradientNorm: number }>
  /** Copies; not between `accumulate` and `step`. */
  readState(): Promise<TrainingState>
  /** Replaces the state and forgets pending gradients. */
  writeState(state: TrainingState): Promise<void>
  dispose(): Promise<void>
}
