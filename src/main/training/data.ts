import type { RunConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { type BatchSequence, evaluationBatches, trainingBatches } from '../dataset/batches.ts'
import { countHeadTargets, headClasses } from '../dataset/head-targets.ts'
import type { Dataset } from '../dataset/types.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import type { HeadWeights } from '../model/loss.ts'
import type { TargetCounts } from '../model/parameters.ts'

/** What a run trains on: the dataset as the training loop sees it. */
export interface TrainingData {
  /** V names, by class id. */
  readonly behaviours: readonly string[]
  /** The batches of an epoch, from 0; a pure function of dataset, seed and epoch. */
  epoch(epoch: number): BatchSequence
  validation(): BatchSequence
  /** Sequences in a batch of validation. */
  readonly validationBatch: number
}

/** What the losses of the extra heads weigh. */
export function headWeightsOf({ locationWeight, gapWeight }: RunConfiguration): Required<HeadWeights> {
  return { location: locationWeight, gap: gapWeight }
}

/** What the output biases of a model start from: the frequencies of what each head predicts, but for a shifted loss, which moves the behaviours' logits there itself. */
export function startingCounts(dataset: Dataset, model: ModelConfiguration, isShifted: boolean): TargetCounts {
  return {
    ...(isShifted ? {} : { behaviour: dataset.trainingCounts }),
    ...Object.fromEntries(headsOf(model).map((head) => [head, countHeadTargets(dataset, head)])),
  }
}

/** Logits of one validation batch, at most: 128 MiB. */
const largestLogits = 2 ** 25

/** @throws WorkbenchError `input` when the dataset has nothing to train on. */
export function createTrainingData(dataset: Dataset, configuration: RunConfiguration): TrainingData {
  const { batch, seed, model } = configuration
  const { length } = dataset.configuration
  const heads = headsOf(model)
  const classes = heads.reduce((sum, head) => sum + headClasses(dataset, head), dataset.behaviours.length)
  const validationBatch = Math.max(1, Math.min(batch, Math.floor(largestLogits / (length * classes))))
  const epoch = (number: number) =>
    trainingBatches(dataset, {
      batch,
      length,
      epoch: number,
      seed,
      locationDropout: model.locationDropout,
      heads: heads.length > 0,
    })
  if (epoch(0).count === 0) {
    throw new WorkbenchError(
      'input',
      phrase`The dataset "${dataset.name}" has no training target: no user has two events in the training period.`,
      phrase`Build a dataset with more events per user.`,
    )
  }
  let validation: BatchSequence | undefined
  return {
    behaviours: dataset.behaviours,
    epoch,
    validationBatch,
    validation() {
      validation ??= evaluationBatches(dataset, 'valid', { batch: validationBatch, length, heads: heads.length > 0 })
      return validation
    },
  }
}
