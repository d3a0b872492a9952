import assert from 'node:assert'
import type { Device } from '../../shared/configuration.ts'
import type { ExtraHead } from '../../shared/heads.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import type { Batch } from '../dataset/types.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import { dropoutFeeds } from '../model/dropout.ts'
import { type OptimizerOptions, stepScalars } from '../model/optimizer.ts'
import { initializeParameters, layoutParameters, type ParameterLayout, type TargetCounts } from '../model/parameters.ts'
import { compileTrainingStep, type HeadWeights, headSums, type ObjectiveGraphOptions } from '../model/training-step.ts'
import { headFeeds, modelFeeds } from './model-feeds.ts'
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
  /** Training targets of the classes of a head: it starts from their frequencies. Without them it starts from equal ones. */
  readonly counts?: TargetCounts
  /** For a model that reads them. */
  readonly transitions?: TransitionCounts
  /** For a model with extra heads. */
  readonly headWeights?: HeadWeights
  /** Largest number of batches in a step. */
  readonly accumulation: number
  /** Largest number of steps (of batches, where gradients accumulate) that one call of the device computes. */
  readonly stepsPerCall: number
  /** Writes ONNX Runtime's profile to a file of this prefix. */
  readonly profile?: string
}

/** Flat vectors in the order of `TrainingStep.layout`. */
export interface TrainingState {
  parameters: Float32Array
  firstMoment: Float32Array
  secondMoment: Float32Array
}

export interface WeightedBatch {
  readonly batch: Batch
  /** Weight of each token's loss, 0 where the batch does not count it: [B * I]. */
  readonly weights: Float32Array
}

/** One optimizer step. */
export interface StepInputs {
  /** One, or up to `accumulation` of them whose gradients are added. */
  readonly batches: readonly WeightedBatch[]
  /** Added to the logits in the loss: [V]. Given exactly when the objective says so. */
  readonly shift?: Float32Array
  /** Number of the step, from 1: with the seed, it decides the dropout masks. */
  readonly step: number
  readonly learningRate: number
}

export interface StepResult {
  /** sum(weights * loss) / sum(counted), over all batches of the step; with those of the extra heads, each times its weight. */
  readonly loss: number
  /** Global norm before clipping. */
  readonly gradientNorm: number
  /** Of each batch: cross-entropy of each token without shift, focal factor or weight: [B * I]. */
  readonly tokenLoss: readonly Float32Array[]
  /** Of each extra head: sum(counted * cross-entropy) / sum(counted), unweighted. */
  readonly headLosses: Readonly<Partial<Record<ExtraHead, number>>>
}

/** The training step of one model, its state resident on one device or, between calls, in the host's memory. One call at a time. */
export interface TrainingStep {
  readonly device: Device
  readonly layout: ParameterLayout
  /**
   * Makes steps, one after the other, in as few calls of the device as `stepsPerCall` allows; on the cpu their bits do not depend on it.
   * The weights of all are given beforehand, so nothing that a step finds out can change those after it.
   */
  steps(steps: readonly StepInputs[]): Promise<StepResult[]>
  /** Copies. */
  readState(): Promise<TrainingState>
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
  await runner.writeState({ parameters: initializeParameters(layout, options.seed, options.counts) })
  return new ResidentTrainingStep(options, layout, runner)
}

type GraphName = 'step' | 'accumulate' | 'update'
type Feeds = Record<string, TensorData>

class ResidentTrainingStep implements TrainingStep {
  readonly device: Device
  readonly layout: ParameterLayout
  readonly #options: TrainingStepOptions
  readonly #runner: GraphRunner<GraphName>

  constructor(options: TrainingStepOptions, layout: ParameterLayout, runner: GraphRunner<GraphName>) {
    this.device = options.device
    this.layout = layout
    this.#options = options
    this.#runner = runner
  }

  async steps(steps: readonly StepInputs[]): Promise<StepResult[]> {
    if (this.#options.accumulation === 1) return this.#wholeSteps(steps)
    const results: StepResult[] = []
    for (const step of steps) results.push(await this.#accumulatedStep(step))
    return results
  }

  async #wholeSteps(steps: readonly StepInputs[]): Promise<StepResult[]> {
    const outputs = await this.#repeat(
      'step',
      steps.map((step) => {
        const [{ batch }, ...others] = step.batches
        assert(others.length === 0, 'this training step was created without accumulation')
        return { ...this.#feeds(step, 0), ...this.#stepScalars(step), tokens: scalar(Math.max(countTokens(batch), 1)) }
      }),
    )
    return outputs.map((output, index) => ({
      loss: output.loss.data[0],
      gradientNorm: output.gradientNorm.data[0],
      tokenLoss: [floats(output.tokenLoss)],
      headLosses: this.#headLosses([output], Math.max(countTokens(steps[index].batches[0].batch), 1)),
    }))
  }

  /** The gradients of all batches, added up from zero, then the update by their sum. */
  async #accumulatedStep(step: StepInputs): Promise<StepResult> {
    const { batches } = step
    const { accumulation } = this.#options
    assert(batches.length <= accumulation, `${batches.length} batches in a step of at most ${accumulation}`)
    const parts = await this.#repeat(
      'accumulate',
      batches.map((_, micro) => ({ ...this.#feeds(step, micro), keepPending: scalar(micro === 0 ? 0 : 1) })),
    )
    const tokens = Math.max(
      batches.reduce((sum, { batch }) => sum + countTokens(batch), 0),
      1,
    )
    const { gradientNorm } = await this.#runner.run('update', { ...this.#stepScalars(step), tokens: scalar(tokens) })
    return {
      loss: parts.reduce((sum, { weightedSum }) => sum + weightedSum.data[0], 0) / tokens,
      gradientNorm: gradientNorm.data[0],
      tokenLoss: parts.map(({ tokenLoss }) => floats(tokenLoss)),
      headLosses: this.#headLosses(parts, tokens),
    }
  }

  #headLosses(parts: readonly Record<string, HostTensor>[], tokens: number): StepResult['headLosses'] {
    return Object.fromEntries(
      headsOf(this.#options.model).map((head) => [
        head,
        parts.reduce((sum, outputs) => sum + outputs[headSums[head]].data[0], 0) / tokens,
      ]),
    )
  }

  /** Executions of a graph, as many of them in a call as one may hold. */
  async #repeat(graph: GraphName, feeds: readonly Feeds[]): Promise<Record<string, HostTensor>[]> {
    const { stepsPerCall } = this.#options
    const results: Record<string, HostTensor>[] = []
    for (let start = 0; start < feeds.length; start += stepsPerCall) {
      results.push(...(await this.#runner.repeat(graph, feeds.slice(start, start + stepsPerCall))))
    }
    return results
  }

  async readState(): Promise<TrainingState> {
    const { parameters, firstMoment, secondMoment } = await this.#runner.readState()
    return { parameters, firstMoment, secondMoment }
  }

  async writeState({ parameters, firstMoment, secondMoment }: TrainingState): Promise<void> {
    await this.#runner.writeState({ parameters, firstMoment, secondMoment })
  }

  async dispose(): Promise<void> {
    await this.#runner.dispose()
  }

  #feeds({ batches, shift, step }: StepInputs, micro: number): Feeds {
    const { model, batch: size, length, objective, seed } = this.#options
    const { batch, weights } = batches[micro]
    assert.strictEqual(batch.size, size, `a batch of ${batch.size} sequences where the graph has ${size}`)
    assert.strictEqual(batch.length, length, `a batch of length ${batch.length} where the graph has ${length}`)
    assert.strictEqual(shift !== undefined, objective.shift, 'shift is given exactly when the objective says so')
    return {
      ...modelFeeds(model, batch),
      ...headFeeds(model, batch),
      ...dropoutFeeds(model, size * length, { seed, step, micro }),
      target: batch.target,
      weights,
      ...(objective.sample === undefined && headsOf(model).length === 0 ? {} : { counted: batch.counted }),
      ...(shift === undefined ? {} : { shift }),
    }
  }

  #stepScalars({ learningRate, step }: StepInputs): Feeds {
    const scalars = stepScalars(this.#options.optimizer, learningRate, step)
    return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)]))
  }
}

const scalar = (value: number) => Float32Array.of(value)
const floats = ({ data }: HostTensor) => data as Float32Array

/** Tokens of a batch that count in the loss. */
export function countTokens({ counted }: Batch): number {
  let tokens = 0
  for (const count of counted) tokens += count
  return tokens
}
