import assert from 'node:assert'
import type { Device } from '../../shared/configuration.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import type { Batch } from '../dataset/types.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import { dropoutFeeds } from '../model/dropout.ts'
import { type OptimizerOptions, stepScalars } from '../model/optimizer.ts'
import { initializeParameters, layoutParameters, type ParameterLayout } from '../model/parameters.ts'
import { compileTrainingStep, type ObjectiveGraphOptions } from '../model/training-step.ts'
import { modelFeeds } from './model-feeds.ts'
import { createRunner } from './runner.ts'
import type { GraphRunner, HostTensor, TensorData } from './types.ts'

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
  /** Training events of each class, [V]: the model starts from their frequencies. Without them it starts from equal ones. */
  readonly classCounts?: Float64Array
  /** For a model that reads them. */
  readonly transitions?: TransitionCounts
  /** 1: `step` alone. More: `accumulate` may be called before `step`. */
  readonly accumulation: number
  /** Writes ONNX Runtime's profile to a file of this prefix. */
  readonly profile?: string
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

/**
 * A training step with freshly initialised parameters and zero moments.
 *
 * @throws WorkbenchError `device` when the device cannot load the graph.
 */
export async function createTrainingStep(options: TrainingStepOptions): Promise<TrainingStep> {
  const { device, threads, profile } = options
  const layout = layoutParameters(options.model)
  const compiled = compileTrainingStep({ ...options, target: device === 'cpu' ? 'cpu' : 'portable' })
  const runner = await createRunner<GraphName>({
    device,
    threads,
    graphs: compiled as Record<GraphName, never>,
    profile,
  })
  await runner.writeState({ parameters: initializeParameters(layout, options.seed, options.classCounts) })
  return new ResidentTrainingStep(options, layout, runner)
}

type GraphName = 'step' | 'accumulate' | 'update'

class ResidentTrainingStep implements TrainingStep {
  readonly device: Device
  readonly layout: ParameterLayout
  readonly #options: TrainingStepOptions
  readonly #runner: GraphRunner<GraphName>
  /** Micro-batches since the last step, their counted tokens and their weighted sum of losses. */
  #pending = { batches: 0, tokens: 0, weightedSum: 0 }

  constructor(options: TrainingStepOptions, layout: ParameterLayout, runner: GraphRunner<GraphName>) {
    this.device = options.device
    this.layout = layout
    this.#options = options
    this.#runner = runner
  }

  async accumulate(batch: Batch, inputs: BatchInputs): Promise<BatchResult> {
    assert(this.#options.accumulation > 1, 'this training step was created without accumulation')
    const tokens = countTokens(batch)
    const outputs = await this.#runner.run('accumulate', {
      ...this.#feeds(batch, inputs),
      keepPending: scalar(this.#pending.batches === 0 ? 0 : 1),
    })
    const weightedSum = outputs.weightedSum.data[0]
    this.#pending.batches++
    this.#pending.tokens += tokens
    this.#pending.weightedSum += weightedSum
    return { loss: weightedSum / Math.max(tokens, 1), tokenLoss: floats(outputs.tokenLoss) }
  }

  async step(
    batch: Batch,
    inputs: BatchInputs & { readonly learningRate: number },
  ): Promise<BatchResult & { readonly gradientNorm: number }> {
    const scalars = this.#stepScalars(inputs)
    if (this.#options.accumulation === 1) {
      const outputs = await this.#runner.run('step', {
        ...this.#feeds(batch, inputs),
        ...scalars,
        tokens: scalar(Math.max(countTokens(batch), 1)),
      })
      const [loss, gradientNorm] = [outputs.loss.data[0], outputs.gradientNorm.data[0]]
      return { loss, tokenLoss: floats(outputs.tokenLoss), gradientNorm }
    }
    const { tokenLoss } = await this.accumulate(batch, inputs)
    const tokens = Math.max(this.#pending.tokens, 1)
    const loss = this.#pending.weightedSum / tokens
    const outputs = await this.#runner.run('update', { ...scalars, tokens: scalar(tokens) })
    this.#forgetPending()
    return { loss, tokenLoss, gradientNorm: outputs.gradientNorm.data[0] }
  }

  async readState(): Promise<TrainingState> {
    assert(this.#pending.batches === 0, 'the state is read between accumulate and step')
    const { parameters, firstMoment, secondMoment } = await this.#runner.readState()
    return { parameters, firstMoment, secondMoment }
  }

  async writeState({ parameters, firstMoment, secondMoment }: TrainingState): Promise<void> {
    await this.#runner.writeState({ parameters, firstMoment, secondMoment })
    this.#forgetPending()
  }

  async dispose(): Promise<void> {
    await this.#runner.dispose()
  }

  #forgetPending(): void {
    this.#pending = { batches: 0, tokens: 0, weightedSum: 0 }
  }

  #feeds(batch: Batch, inputs: BatchInputs): Record<string, TensorData> {
    const { model, batch: size, length, objective, seed } = this.#options
    assert.strictEqual(batch.size, size, `a batch of ${batch.size} sequences where the graph has ${size}`)
    assert.strictEqual(batch.length, length, `a batch of length ${batch.length} where the graph has ${length}`)
    assert.strictEqual(inputs.shift !== undefined, objective.shift, 'shift is given exactly when the objective says so')
    return {
      ...modelFeeds(model, batch),
      ...dropoutFeeds(model, size * length, { seed, step: inputs.step, micro: this.#pending.batches }),
      target: batch.target,
      weights: inputs.weights,
      ...(objective.sample === undefined ? {} : { counted: batch.counted }),
      ...(inputs.shift === undefined ? {} : { shift: inputs.shift }),
    }
  }

  #stepScalars({ learningRate, step }: { learningRate: number; step: number }): Record<string, TensorData> {
    const scalars = stepScalars(this.#options.optimizer, learningRate, step)
    return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)]))
  }
}

const scalar = (value: number) => Float32Array.of(value)
const floats = ({ data }: HostTensor) => data as Float32Array

function countTokens({ counted }: Batch): number {
  let tokens = 0
  for (const count of counted) tokens += count
  return tokens
}
