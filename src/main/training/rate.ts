import type { TrainConfigurationInput } from '../../shared/configuration.ts'
import { throwIfCancelled } from '../../shared/errors.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { TrainingRate } from '../../shared/runs.ts'
import { openDataset } from '../dataset/open.ts'
import { countTransitions } from '../dataset/transition-counts.ts'
import { chooseDevice } from '../engine/doctor.ts'
import { createTrainingStep } from '../engine/training.ts'
import { resolveModel } from '../model/configuration.ts'
import { createObjective } from '../model/objectives/objective.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { createTrainingData } from './data.ts'
import { parseConfiguration, settleSeed } from './new-run.ts'
import { threadsOf } from './threads.ts'

/** The first calls allocate memory and are slower. */
const warmUpCalls = 3

/**
 * How fast a configuration would train here: trains a model that is thrown away for some seconds on the dataset's own batches.
 * Errors as of `trainRun`.
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
  const { device, stepsPerCall } = await chooseDevice(configuration.device, {
    stepsPerCall: configuration.stepsPerCall,
  })
  const counts = dataset.trainingCounts
  const groups = { names: groupNames, of: groupClasses(counts, 'share') }
  const objective = createObjective(configuration.objective, counts, groups)
  const epoch = createTrainingData(dataset, configuration).epoch(0)
  const { batch, seed, betas, weightDecay, decayEmbeddings, gradientClip } = configuration
  const model = resolveModel(configuration.model, {
    behaviours: dataset.behaviours.length,
    locations: dataset.locations.length,
    slots: dataset.slotsPerDay,
    length: dataset.configuration.length,
  })
  const training = await createTrainingStep({
    model,
    batch,
    length: model.length,
    objective: objective.graph,
    optimizer: { betas, weightDecay, decayEmbeddings, gradientClip },
    device,
    threads: configuration.threads ?? threadsOf(workspace),
    seed,
    transitions: model.transitions ? countTransitions(dataset) : undefined,
    // A shifted loss moves the logits towards the frequencies itself.
    classCounts: objective.graph.shift ? undefined : counts,
    accumulation: 1,
    stepsPerCall,
  })
  try {
    let started = performance.now()
    let elapsed = 0
    let step = 0
    let calls = 0
    const nextStep = () => {
      const sequences = epoch.at(step % epoch.count)
      const batches = [{ batch: sequences, weights: sequences.counted }]
      return { batches, shift: objective.shift, learningRate: configuration.learningRate, step: ++step }
    }
    while (elapsed < seconds || calls <= warmUpCalls) {
      throwIfCancelled(context.signal)
      await training.steps(Array.from({ length: stepsPerCall }, nextStep))
      calls++
      if (calls === warmUpCalls) started = performance.now()
      if (calls > warmUpCalls) elapsed = (performance.now() - started) / 1000
    }
    return {
      stepsPerSecond: ((calls - warmUpCalls) * stepsPerCall) / elapsed / configuration.accumulation,
      stepsPerEpoch: Math.ceil(epoch.count / configuration.accumulation),
    }
  } finally {
    await training.dispose()
  }
}
