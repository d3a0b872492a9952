import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { RunHistory } from '../../shared/runs.ts'
import type { BatchSequence } from '../dataset/batches.ts'
import type { Batch } from '../dataset/types.ts'
import type { Inference } from '../engine/inference.ts'
import { countTokens, type StepInputs, type StepResult, type TrainingStep } from '../engine/training.ts'
import { headsOf } from '../model/configuration.ts'
import type { Objective } from '../model/objectives/objective.ts'
import type { WriteDatabase } from '../storage/database.ts'
import { appendRunHistory, emptyHistory } from '../storage/runs.ts'
import { type CheckpointState, type ValidationMetrics, writeBest, writeLast } from './checkpoints.ts'
import type { TrainingData } from './data.ts'
import { refuseDivergence } from './divergence.ts'
import { TrainingProgress } from './progress.ts'
import type { RunDocument } from './run-directory.ts'
import { learningRateAt } from './schedule.ts'
import { isHigherBetter, validate } from './validation.ts'

/** Everything a training loop works with; made and disposed of by its caller. */
export interface TrainerParts {
  readonly document: RunDocument
  readonly directory: string
  readonly database: WriteDatabase
  readonly data: TrainingData
  readonly step: TrainingStep
  readonly inference: Inference
  readonly objective: Objective
  readonly context: JobContext
}

type Position = Omit<CheckpointState, 'format' | 'run' | 'dataset' | 'seed' | 'objective' | 'savedAt'>

/** Milliseconds between two writings of the history, and between checkpoints where the configuration asks for none before. */
const historyInterval = 2_000
const checkpointInterval = 300_000

/** Per-group figures are stored every so many steps. */
const groupInterval = 10

/**
 * The training loop of one run. Everything that its future depends on is in the training state, the objective's state and `#position`, which a checkpoint
 * saves together, between two steps; so it ends with the same parameters, bit for bit, whether it is interrupted or not.
 */
export class Trainer {
  readonly #parts: TrainerParts
  readonly #progress: TrainingProgress
  #position: Position
  #epoch: BatchSequence | undefined
  #pending: RunHistory = emptyHistory()
  #writtenAt = performance.now()
  #savedAt = performance.now()
  #savedStep: number
  /** Whether anything that a checkpoint holds has changed since the last one. */
  #changed = false
  #latest: Parameters<TrainingProgress['show']>[2]

  /** @param checkpoint where `last` is; its training and objective states are those of the parts. */
  constructor(parts: TrainerParts, checkpoint: CheckpointState) {
    this.#parts = parts
    this.#position = positionOf(checkpoint)
    this.#savedStep = checkpoint.step
    this.#progress = new TrainingProgress(parts.context.report, {
      firstStep: this.#position.step,
      totalSteps: parts.document.totalSteps,
      validationInterval: this.#validationInterval,
    })
  }

  get position(): Readonly<Position> {
    return this.#position
  }

  /**
   * Trains to the end or to early stopping.
   * @throws WorkbenchError `cancelled` once the signal is aborted, between two calls of the device or within a validation; `save` then keeps what was
   * reached. `diverged` as of `refuseDivergence`. `storage` when the disk refuses.
   */
  async train(): Promise<void> {
    const { document, context } = this.#parts
    for (;;) {
      const validated = this.#isValidationDue() && (await this.#validate())
      if (this.#isCheckpointDue(validated)) await this.save()
      if (this.#position.step >= document.totalSteps || this.#position.stoppedEarly) break
      throwIfCancelled(context.signal)
      await this.#trainSteps()
      if (performance.now() - this.#writtenAt > historyInterval) this.#writeHistory()
    }
    await this.save()
  }

  /** Writes the history, and the checkpoint `last` unless nothing has changed since the one that is there. */
  async save(): Promise<void> {
    const { directory, step } = this.#parts
    this.#writeHistory()
    if (!this.#changed) return
    await writeLast(directory, step.layout, await step.readState(), this.#state())
    this.#changed = false
    this.#savedStep = this.#position.step
    this.#savedAt = performance.now()
    this.#progress.restartRate()
  }

  /** Makes the steps of one call of the device; what it tells of each is taken up in their order. */
  async #trainSteps(): Promise<void> {
    const first = this.#position.step + 1
    const steps = Array.from({ length: this.#stepsOfCall() }, (_, index) => this.#prepareStep(first + index))
    const results = await this.#parts.step.steps(steps)
    const tokens = steps.flatMap(({ batches }) => batches).reduce((sum, { batch }) => sum + countTokens(batch), 0)
    this.#progress.count(steps.at(-1)!.step, tokens)
    for (const [index, step] of steps.entries()) this.#takeUp(step, results[index])
    this.#progress.show(phrase`training`, this.#position.step, this.#latest)
  }

  /** How many steps go into the next call: whatever is done between two steps, or changes the weights of the next one, ends it. */
  #stepsOfCall(): number {
    const { document, objective } = this.#parts
    const { accumulation, checkpointEvery } = document.configuration
    const { step } = this.#position
    // The batches of a step fill its calls then.
    if (accumulation > 1) return 1
    const stepsUntil = (every: number) => every - (step % every)
    return Math.min(
      document.stepsPerCall,
      document.totalSteps - step,
      stepsUntil(this.#validationInterval),
      stepsUntil(checkpointEvery ?? document.totalSteps),
      objective.stepsUntilAnswer(),
    )
  }

  #prepareStep(step: number): StepInputs {
    const { document, objective } = this.#parts
    const batches = Array.from({ length: document.configuration.accumulation }, () => {
      const batch = this.#nextBatch()
      return { batch, weights: objective.weightsFor(batch.target, batch.counted) }
    })
    const learningRate = learningRateAt(document.configuration, step, document.totalSteps)
    return { batches, shift: objective.shift, step, learningRate }
  }

  #takeUp(
    { step, learningRate, batches: inputs }: StepInputs,
    { loss, gradientNorm, tokenLoss, headLosses }: StepResult,
  ): void {
    const { data, document, objective } = this.#parts
    const batches = inputs.map(({ batch }, index) => ({ batch, tokenLoss: tokenLoss[index] }))
    const row = { step, loss, learningRate, gradientNorm }
    refuseDivergence({ ...row, batches }, objective, data.behaviours, this.#savedStep)
    for (const part of batches) objective.observe(part.tokenLoss, part.batch.target, part.batch.counted)
    objective.endStep()
    this.#position.step = step
    this.#changed = true
    this.#pending.steps.push({ ...row, tokensPerSecond: this.#progress.tokensPerSecond })
    for (const head of headsOf(document.model)) this.#pending.headSteps.push({ step, head, loss: headLosses[head]! })
    const groups = objective.groupFigures()
    if (step % groupInterval === 0 || this.#isValidationDue()) {
      for (const group of groups) this.#pending.groups.push({ step, ...group })
    }
    this.#latest = { ...row, groups, headLosses }
  }

  #nextBatch(): Batch {
    const { data } = this.#parts
    const position = this.#position
    this.#epoch ??= data.epoch(position.epoch)
    if (position.batchesTaken === this.#epoch.count) {
      position.epoch++
      position.batchesTaken = 0
      this.#epoch = data.epoch(position.epoch)
    }
    return this.#epoch.at(position.batchesTaken++)
  }

  #isValidationDue(): boolean {
    const { document } = this.#parts
    const { step, validation } = this.#position
    if (step === 0 || validation?.step === step) return false
    return step % this.#validationInterval === 0 || step === document.totalSteps
  }

  get #validationInterval(): number {
    const { configuration, stepsPerEpoch } = this.#parts.document
    return configuration.evaluateEvery ?? stepsPerEpoch
  }

  /** Returns true: that a validation took place. */
  async #validate(): Promise<true> {
    const { document, directory, data, step: trainingStep, inference, context } = this.#parts
    const { step } = this.#position
    this.#progress.beginValidation(step, this.#latest)
    const { parameters } = await trainingStep.readState()
    await inference.writeParameters(parameters)
    const batches = data.validation()
    const metrics = await validate(inference, batches, document.model, context.signal, (done) =>
      this.#progress.continueValidation(done / batches.count, step, this.#latest),
    )
    if (!Number.isFinite(metrics.nll)) throw divergedInValidation(step, this.#savedStep)
    const uniform = Math.log(document.model.behaviours)
    if (metrics.targets > 0 && metrics.nll > uniform) context.warn(worseThanUniform(step, metrics.nll, uniform))
    const isBest = this.#judge(metrics)
    this.#changed = true
    const { heads = {}, ...figures } = metrics
    this.#pending.validations.push({ step, ...figures })
    for (const head of headsOf(document.model)) {
      const { nll, accuracy } = heads[head]!
      this.#pending.headValidations.push({ step, head, nll, accuracy })
    }
    this.#progress.validated(metrics)
    if (isBest) await writeBest(directory, trainingStep.layout, parameters, this.#state())
    this.#progress.restartRate()
    this.#progress.show(phrase`training`, step, this.#latest, true)
    return true
  }

  /** Whether the metrics are the best so far; without improvement for long enough, training stops. */
  #judge(metrics: ValidationMetrics): boolean {
    const { selectBy, patience } = this.#parts.document.configuration
    const position = this.#position
    const value = metrics.targets === 0 ? null : metrics[selectBy]
    position.validation = { step: position.step, metrics }
    // Without a single target no checkpoint is better than another: the latest is kept.
    const isBest =
      value === null ||
      position.best === null ||
      position.best.value === null ||
      (isHigherBetter[selectBy] ? value > position.best.value : value < position.best.value)
    if (isBest) {
      position.best = { step: position.step, value }
      position.validationsWithoutImprovement = 0
    } else {
      position.validationsWithoutImprovement++
      position.stoppedEarly = patience > 0 && position.validationsWithoutImprovement >= patience
    }
    return isBest
  }

  #isCheckpointDue(validated: boolean): boolean {
    const { checkpointEvery } = this.#parts.document.configuration
    const { step } = this.#position
    if (!this.#changed) return false
    if (checkpointEvery === undefined ? validated : step % checkpointEvery === 0) return true
    return performance.now() - this.#savedAt > checkpointInterval
  }

  #state(): CheckpointState {
    const { document, objective } = this.#parts
    return {
      format: 1,
      run: document.id,
      dataset: document.dataset.contentHash,
      seed: document.configuration.seed,
      ...this.#position,
      objective: objective.state(),
      savedAt: new Date().toISOString(),
    }
  }

  #writeHistory(): void {
    const { database, document } = this.#parts
    const { step, best } = this.#position
    appendRunHistory(database, document.id, { step, best, rows: this.#pending })
    this.#pending = emptyHistory()
    this.#writtenAt = performance.now()
  }
}

function positionOf(state: CheckpointState): Position {
  const { step, epoch, batchesTaken, best, validationsWithoutImprovement, validation, stoppedEarly } = state
  return { step, epoch, batchesTaken, best, validationsWithoutImprovement, validation, stoppedEarly }
}

function divergedInValidation(step: number, lastGoodStep: number): WorkbenchError {
  return new WorkbenchError(
    'diverged',
    phrase`Training diverged: the validation loss at step ${step} is not finite. The checkpoint "last" of step ${lastGoodStep} is intact.`,
    phrase`Train again with a lower learning rate or a longer warm-up.`,
  )
}

/** For a training that explodes without leaving the finite numbers. */
function worseThanUniform(step: number, nll: number, uniform: number): Phrase {
  return phrase`The validation NLL at step ${step} is ${nll.toPrecision(4)} nats, worse than equal probabilities for all behaviours (${uniform.toPrecision(4)}): the learning rate is probably too high, or the objective shifts the probabilities very far.`
}
