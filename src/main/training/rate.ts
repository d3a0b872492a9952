import type { TrainConfigurationInput } from '../../shared/configuration.ts'
import { throwIfCancelled } from '../../shared/errors.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { TrainingRate } from '../../shared/runs.ts'
import { openDataset } from '../dataset/open.ts'
import { countTransitions } from '../dataset/transition-counts.ts'
import { chooseDevice } from '../engine/doctor.ts'
import { countTokens, createTrainingStep } from '../engine/training.ts'
import { resolveModel } from '../model/configuration.ts'
import { createObjective } from '../model/objectives/objective.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { createTrainingData, headWeightsOf, startingCounts } from './data.ts'
import { describeMemory, estimateMemory } from './estimate.ts'
import { parseConfiguration, settleSeed } from './new-run.ts'
import { threadsOf } from './threads.ts'

/** The first calls allocate memory and are slower. */
const warmUpCalls = 3
/** A forward pass costs a third of a training step, whose backward pass does two products for each of its. */
const validationShare = 1 / 3
/** No measurement of some seconds foretells hours to less than this share: processors get warm and slower, histories are of other lengths. */
const leastUncertainty = 0.1

/**
 * How fast a configuration would train here: trains a model that is thrown away for some seconds on the dataset's own batches. What the machine has no
 * memory for is not tried. Errors as of `trainRun`.
 */
export async function measureTrainingRate(
  workspace: ReadWorkspace,
  input: TrainConfigurationInput,
  seconds: number,
  context: JobContext,
): Promise<TrainingRate> {
  const given = parseConfiguration(input)
  const dataset = openDataset(workspace, given.dataset)
  const configuration = settleSeed(given, dataset)
  const { device, stepsPerCall, reason } = await chooseDevice(configuration.device, {
    stepsPerCall: configuration.stepsPerCall,
    signal: context.signal,
  })
  const counts = dataset.trainingCounts
  const groups = { names: groupNames, of: groupClasses(counts, 'share') }
  const objective = createObjective(configuration.objective, counts, groups)
  const data = createTrainingData(dataset, configuration)
  const epoch = data.epoch(0)
  const { batch, seed, betas, weightDecay, decayEmbeddings, gradientClip } = configuration
  const model = resolveModel(configuration.model, {
    behaviours: dataset.behaviours.length,
    locations: dataset.locations.length,
    slots: dataset.slotsPerDay,
    length: dataset.configuration.length,
  })
  const options = {
    model,
    batch,
    length: model.length,
    objective: objective.graph,
    optimizer: { betas, weightDecay, decayEmbeddings, gradientClip },
    seed,
    transitions: model.transitions ? countTransitions(dataset) : undefined,
    headWeights: headWeightsOf(configuration),
    accumulation: 1,
    stepsPerCall,
  }
  const memory = estimateMemory({ ...options, accumulation: configuration.accumulation }, data.validationBatch)
  describeMemory(memory, options, device)
  const training = await createTrainingStep({
    ...options,
    device,
    threads: configuration.threads ?? threadsOf(workspace),
    counts: startingCounts(dataset, model, objective.graph.shift),
  })
  try {
    const callSeconds: number[] = []
    const started = performance.now()
    let tokens = 0
    let step = 0
    const nextStep = () => {
      const sequences = epoch.at(step % epoch.count)
      const batches = [{ batch: sequences, weights: sequences.counted }]
      if (callSeconds.length >= warmUpCalls) tokens += countTokens(sequences)
      return { batches, shift: objective.shift, learningRate: configuration.learningRate, step: ++step }
    }
    while (callSeconds.length <= warmUpCalls || performance.now() - started < seconds * 1000) {
      throwIfCancelled(context.signal)
      const from = performance.now()
      await training.steps(Array.from({ length: stepsPerCall }, nextStep))
      callSeconds.push((performance.now() - from) / 1000)
    }
    const measured = callSeconds.slice(warmUpCalls)
    const elapsed = measured.reduce((sum, each) => sum + each, 0)
    const secondsPerStep = (configuration.accumulation * elapsed) / (measured.length * stepsPerCall)
    const stepsPerEpoch = Math.ceil(epoch.count / configuration.accumulation)
    const totalSteps = configuration.steps ?? Math.ceil(configuration.epochs! * stepsPerEpoch)
    const validations = Math.ceil(totalSteps / (configuration.evaluateEvery ?? stepsPerEpoch))
    const stepsOfValidation =
      (data.validation().count * data.validationBatch * validationShare) / (batch * configuration.accumulation)
    const expected = secondsPerStep * (totalSteps + validations * stepsOfValidation)
    const uncertainty = Math.max(leastUncertainty, 2 * relativeError(measured))
    return {
      stepsPerSecond: 1 / secondsPerStep,
      stepsPerEpoch,
      totalSteps,
      tokensPerSecond: tokens / elapsed,
      device,
      deviceReason: reason,
      seconds: { expected, low: expected * (1 - Math.min(0.9, uncertainty)), high: expected * (1 + uncertainty) },
    }
  } finally {
    await training.dispose()
  }
}

/** Standard error of the mean as a share of it; 1 for a single value, which tells nothing of the others. */
function relativeError(values: readonly number[]): number {
  if (values.length < 2) return 1
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return Math.sqrt(variance / values.length) / mean
}
