import type { RunConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { type BatchSequence, evaluationBatches, trainingBatches } from '../dataset/batches.ts'
import type { Dataset } from '../dataset/types.ts'

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

/** Logits of one validation batch, at most: 128 MiB. */
const largestLogits = 2 ** 25

/** @throws WorkbenchError `input` when the dataset has nothing to train on. */
export function createTrainingData(dataset: Dataset, configuration: RunConfiguration): TrainingData {
  const { batch, seed, model } = configuration
  const { length } = dataset.configuration
  const classes = dataset.behaviours.length
  const validationBatch = Math.max(1, Math.min(batch, Math.floor(largestLogits / (length * classes))))
  const epoch = (number: number) =>
    trainingBatches(dataset, { batch, length, epoch: number, seed, locationDropout: model.locationDropout })
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
      validation ??= evaluationBatches(dataset, 'valid', { batch: validationBatch, length })
      return validation
    },
  }
}
