import { createHash } from 'node:crypto'
import path from 'node:path'
import { type Device, type EvaluationOptionsInput, evaluationOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { BayesReference, EvaluationResult } from '../../shared/evaluation.ts'
import { groupClasses } from '../../shared/long-tail.ts'
import { parseOptions } from '../../shared/options.ts'
import { type Phrase, phrase, sentences } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { evaluationBatches } from '../dataset/batches.ts'
import { headClasses } from '../dataset/head-targets.ts'
import type { OpenedDataset } from '../dataset/open.ts'
import type { Dataset, Split } from '../dataset/types.ts'
import { chooseDevice } from '../engine/doctor.ts'
import { createInference, type Inference } from '../engine/inference.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import { uniformGenerator } from '../model/random.ts'
import { bayesReference, simulationOf } from '../simulation/reference.ts'
import { saveEvaluation } from '../storage/evaluations.ts'
import { makeDirectory, writeFileAtomic } from '../storage/files.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { checkpointDirectory, readCheckpointStep } from '../training/checkpoints.ts'
import { loadParameters, loadRun, type Run } from '../training/run-directory.ts'
import { loadTransitions } from '../training/transitions-file.ts'
import { adjustmentShift } from './adjustment.ts'
import { baselinePredictions } from './baselines.ts'
import { summariseHeads } from './head-summary.ts'
import type { Evaluated } from './paired.ts'
import type { ModelPredictions } from './predictions.ts'
import { evaluationPath, writePredictions } from './predictions-file.ts'
import { CorrectionReservoir, fitPriorCorrection, type PriorCorrection } from './prior-correction.ts'
import { HeadScorer } from './score-heads.ts'
import { countTargets, forEachTarget, scoreTargets, type TargetStream } from './score-targets.ts'
import { type EvaluationFigures, summarise } from './summary.ts'
import { openTrainedDataset } from './trained-dataset.ts'

/** Bytes of one batch of logits, and numbers held for the prior correction, that evaluation allows itself. */
const logitBytes = 128 * 2 ** 20
const correctionNumbers = 16 * 2 ** 20

/**
 * Evaluates a run's checkpoint on every target of a split and stores the result (database and `runs/<id>/evaluations/<split>.json`) and
 * the predictions behind it. Memory does not grow with V times targets: logits live for one batch. The device `auto` is the one that the run
 * was trained on.
 *
 * @throws WorkbenchError `usage` for wrong options, `not-found` for a missing run, dataset or checkpoint, `input` for a split without
 * targets, `conflict` when the dataset is not the one the run was trained on, `diverged` when the model gives no finite scores
 */
export async function evaluateRun(
  workspace: WriteWorkspace,
  input: EvaluationOptionsInput,
  context: JobContext,
): Promise<EvaluationResult> {
  const started = performance.now()
  const options = parseOptions(evaluationOptions, input)
  const run = loadRun(workspace, options.run)
  const dataset = openTrainedDataset(workspace, run)
  // Read before the parameters: of a checkpoint that training replaces in between, the evaluation then counts as stale.
  const checkpointStep = readCheckpointStep(checkpointDirectory(run.directory, options.checkpoint))
  const parameters = loadParameters(run, options.checkpoint)
  const wanted = options.device === 'auto' ? run.device : options.device
  const { device } = await chooseDevice(wanted, { threads: run.threads, signal: context.signal })
  const transitions = loadTransitions(run)
  const inference = await createInference(run.model, parameters, { device, threads: run.threads, transitions })
  let predicted: { model: ModelPredictions; correction: PriorCorrection | null }
  try {
    predicted = await predictSplit(dataset, inference, run.model, options, context)
  } finally {
    await inference.dispose()
  }
  const figures = await figuresOf(
    dataset,
    predicted.model,
    groupClasses(dataset.trainingCounts, options.groupRule),
    { samples: options.bootstrapSamples, seed: options.seed },
    context,
  )
  const { correction } = predicted
  const result: EvaluationResult = {
    ...describe(run, dataset, device, parameters),
    split: options.split,
    checkpoint: options.checkpoint,
    checkpointStep,
    rule: options.groupRule,
    adjustment: options.adjustment,
    seconds: (performance.now() - started) / 1000,
    ...figures,
    priorCorrection:
      correction === null
        ? null
        : {
            fittedOnTargets: correction.targets,
            iterations: correction.iterations,
            converged: correction.converged,
          },
    bootstrap: { samples: options.bootstrapSamples, seed: options.seed },
    bayes: bestPossible(dataset, options.split, context),
  }
  await store(workspace, run, result, predicted.model)
  return result
}

/** Gives a stored evaluation intervals of another number of bootstrap resamples, from the predictions behind it, and stores it so. */
export async function resampleEvaluation(
  workspace: WriteWorkspace,
  run: Run,
  { evaluation, predictions, dataset, groups }: Evaluated & { dataset: Dataset; groups: Uint8Array },
  samples: number,
  context: JobContext,
): Promise<Evaluated> {
  const bootstrap = { samples, seed: evaluation.bootstrap.seed }
  const figures = await figuresOf(dataset, predictions, groups, bootstrap, context)
  const resampled = { ...evaluation, ...figures, bootstrap, createdAt: new Date().toISOString() }
  await store(workspace, run, resampled, predictions)
  return { evaluation: resampled, predictions }
}

/** All that follows from the predictions: the figures of the behaviours and, where there are, of the extra heads. */
async function figuresOf(
  dataset: Dataset,
  predictions: ModelPredictions,
  groups: Uint8Array,
  bootstrap: { samples: number; seed: number },
  context: JobContext,
): Promise<EvaluationFigures & Pick<EvaluationResult, 'heads'>> {
  const figures = await summarise(predictions, baselinePredictions(dataset, predictions), groups, bootstrap, context)
  const extra = await summariseHeads(dataset, predictions.heads ?? {}, bootstrap, context)
  if (extra === undefined) return figures
  return { ...figures, intervals: { ...figures.intervals, ...extra.intervals }, heads: extra.heads }
}

function describe(run: Run, dataset: Dataset, device: Device, parameters: Float32Array) {
  return {
    run: {
      id: run.id,
      name: run.name,
      objective: { ...run.configuration.objective, parameters: run.objectiveParameters },
      seed: run.configuration.seed,
    },
    dataset: { id: dataset.id, name: run.dataset.name, contentHash: dataset.contentHash },
    selectBy: run.configuration.selectBy,
    device,
    simulated: dataset.simulated,
    parametersHash: hashParameters(parameters),
    createdAt: new Date().toISOString(),
  }
}

/** The best possible figures where the dataset is simulated and they are known; says so where they are not. */
function bestPossible(
  dataset: OpenedDataset,
  split: 'valid' | 'test',
  context: JobContext,
): BayesReference | undefined {
  if (simulationOf(dataset) === undefined) return undefined
  try {
    const { accuracy, expectedAccuracy, nll, macroRecall } = bayesReference(dataset, split)
    return { accuracy, expectedAccuracy, nll, macroRecall }
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'usage') throw error
    const { message, hint } = error.toDocument()
    context.warn(hint === undefined ? message : sentences([message, hint]))
    return undefined
  }
}

/** SHA-256 of parameters. */
export function hashParameters(parameters: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength))
    .digest('hex')
}

/** Predictions for a split; outside validation itself after fitting the prior correction on validation targets. */
async function predictSplit(
  dataset: Dataset,
  inference: Inference,
  model: ModelConfiguration,
  { split, adjustment, seed }: { split: Split; adjustment: number; seed: number },
  context: JobContext,
): Promise<{ model: ModelPredictions; correction: PriorCorrection | null }> {
  const { length } = model
  const shift = adjustmentShift(dataset.trainingCounts, adjustment)
  const batchesOf = (period: Split, classes: number) =>
    evaluationBatches(dataset, period, { batch: batchSize(length, classes), length, heads: headsOf(model).length > 0 })
  const validation: TargetStream = {
    batches: batchesOf('valid', model.behaviours),
    logits: (batch) => inference.logits(batch),
  }
  const correction = split === 'valid' ? null : await fitOnValidation(dataset, validation, shift, seed, context)
  const counts = countTargets(dataset, split)
  const heads = headsOf(model)
  const scorer = new HeadScorer(dataset, heads, counts.seen + counts.unseen)
  const classes = heads.reduce((sum, head) => sum + headClasses(dataset, head), model.behaviours)
  const stream: TargetStream = {
    batches: batchesOf(split, classes),
    async logits(batch) {
      const logits = await inference.headLogits(batch)
      scorer.add(batch, logits)
      return logits.behaviour
    },
  }
  const progress = { stage: predicting[split], context }
  const predictions = await scoreTargets(stream, counts, shift, correction?.offsets ?? null, progress)
  return {
    model: heads.length === 0 ? predictions : { ...predictions, heads: scorer.predictions() },
    correction,
  }
}

const predicting: Record<Split, Phrase> = {
  train: phrase`predicting training targets`,
  valid: phrase`predicting validation targets`,
  test: phrase`predicting test targets`,
}

/** Fits the prior correction on (a bounded sample of) the validation targets; null when there are none. */
async function fitOnValidation(
  dataset: Dataset,
  stream: TargetStream,
  shift: Float64Array,
  seed: number,
  context: JobContext,
): Promise<PriorCorrection | null> {
  const counts = countTargets(dataset, 'valid')
  if (counts.seen === 0) return null
  const classes = dataset.behaviours.length
  const reservoir = new CorrectionReservoir(classes, correctionNumbers, uniformGenerator('prior-correction', seed))
  const progress = { stage: predicting.valid, total: counts.seen + counts.unseen, context }
  await forEachTarget(stream, shift, progress, (logits, target) => {
    if (target.id < classes) reservoir.offer(logits, target.id)
  })
  return fitPriorCorrection(reservoir.sample(), dataset.trainingCounts)
}

/** Sequences of a batch whose logits stay within bounds. */
function batchSize(length: number, classes: number): number {
  return Math.max(1, Math.min(64, Math.floor(logitBytes / (4 * length * classes))))
}

async function store(
  workspace: WriteWorkspace,
  run: Run,
  result: EvaluationResult,
  predictions: ModelPredictions,
): Promise<void> {
  const file = evaluationPath(run.directory, result)
  makeDirectory(path.dirname(file))
  await writePredictions(`${file}.safetensors`, predictions, {
    contentHash: result.dataset.contentHash,
    parametersHash: result.parametersHash,
  })
  await writeFileAtomic(`${file}.json`, `${JSON.stringify(result, null, 2)}\n`)
  saveEvaluation(workspace.database, result)
}
