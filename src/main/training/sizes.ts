import {
  type ModelOptions,
  presetNames,
  type RunConfiguration,
  type TrainConfigurationInput,
} from '../../shared/configuration.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import type { SizeEstimate, TrainingSizes } from '../../shared/runs.ts'
import { type OpenedDataset, openDataset } from '../dataset/open.ts'
import { countTransitions } from '../dataset/transition-counts.ts'
import { standardStepsPerCall } from '../engine/steps-per-call.ts'
import { type ModelConfiguration, modelWidth, resolveModel } from '../model/configuration.ts'
import { createObjective } from '../model/objectives/objective.ts'
import { layoutParameters } from '../model/parameters.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { createTrainingData, headWeightsOf } from './data.ts'
import { estimateMemory, memoryHere } from './estimate.ts'
import { parseConfiguration, settleSeed } from './new-run.ts'

/**
 * What the sizes of a model are on a dataset: the configuration's own, and every preset in its place.
 * @throws WorkbenchError `usage`, `input`, `not-found` or `corrupt`, as `trainRun` for the same configuration.
 */
export function estimateSizes(workspace: ReadWorkspace, input: TrainConfigurationInput): TrainingSizes {
  const given = parseConfiguration(input)
  const dataset = openDataset(workspace, given.dataset)
  const configuration = settleSeed(given, dataset)
  const data = createTrainingData(dataset, configuration)
  const stepsPerEpoch = Math.ceil(data.epoch(0).count / configuration.accumulation)
  const estimate = estimator(dataset, configuration, data.validationBatch)
  const { streamWidth: _width, layers: _layers, heads: _heads, ...model } = configuration.model
  return {
    chosen: estimate(configuration.model),
    presets: presetNames.map((preset) => estimate({ ...model, preset })),
    here: memoryHere(),
    stepsPerEpoch,
    totalSteps: configuration.steps ?? Math.ceil(configuration.epochs! * stepsPerEpoch),
  }
}

function estimator(dataset: OpenedDataset, configuration: RunConfiguration, validationBatch: number) {
  const { batch, accumulation, seed, betas, weightDecay, decayEmbeddings, gradientClip, device } = configuration
  const counts = dataset.trainingCounts
  const groups = { names: groupNames, of: groupClasses(counts, 'share') }
  const { graph: objective } = createObjective(configuration.objective, counts, groups)
  const transitions = configuration.model.transitions ? countTransitions(dataset) : undefined
  const stepsPerCall =
    configuration.stepsPerCall === 'auto'
      ? standardStepsPerCall(device === 'auto' ? 'cpu' : device)
      : configuration.stepsPerCall
  return (options: ModelOptions): SizeEstimate => {
    const model = resolveModel(options, {
      behaviours: dataset.behaviours.length,
      locations: dataset.locations.length,
      slots: dataset.slotsPerDay,
      length: dataset.configuration.length,
    })
    const optimizer = { betas, weightDecay, decayEmbeddings, gradientClip }
    const headWeights = headWeightsOf(configuration)
    const step = { model, batch, length: model.length, objective, optimizer, seed, transitions, headWeights }
    return {
      preset: options.preset,
      width: modelWidth(model),
      layers: model.layers,
      heads: model.heads,
      parameterCount: layoutParameters(model).count,
      memory: estimateMemory({ ...step, accumulation, stepsPerCall }, validationBatch),
      operationsPerToken: operationsPerToken(model),
    }
  }
}

/** Products of the blocks and of the outputs, forwards and twice that backwards, and attention over the window. */
function operationsPerToken(model: ModelConfiguration): number {
  const width = modelWidth(model)
  const location = model.locationHead ? model.streamWidth * model.locations : 0
  const products = 12 * model.layers * width ** 2 + width * model.behaviours + location
  return 6 * products + 12 * model.layers * width * model.length
}
