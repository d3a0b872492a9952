import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { type OpenedDataset, openDataset } from '../../src/main/dataset/open.ts'
import { countTransitions } from '../../src/main/dataset/transition-counts.ts'
import { type ModelConfiguration, resolveModel } from '../../src/main/model/configuration.ts'
import { initializeParameters, layoutParameters } from '../../src/main/model/parameters.ts'
import { uniformGenerator } from '../../src/main/model/random.ts'
import { insertRun } from '../../src/main/storage/runs.ts'
import { writeBest } from '../../src/main/training/checkpoints.ts'
import { runDirectory, writeRunDocument } from '../../src/main/training/run-directory.ts'
import { writeTransitions } from '../../src/main/training/transitions-file.ts'
import {
  type DatasetConfigurationInput,
  type ModelOptions,
  modelOptions,
  runConfiguration,
} from '../../src/shared/configuration.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { TransitionCounts } from '../../src/shared/transitions.ts'
import { configure, createLogWorkspace, type LogEvent, type LogWorkspace } from '../support/log-workspace.ts'

export const minute = 60_000
export const day = 1440 * minute
/** A Monday. */
export const firstDay = Date.UTC(2024, 0, 1)

export const behaviours = ['coffee', 'work', 'bus', 'gym', 'sleep'] as const

/** Users `user-0` ... with histories of 3 to 40 events over ten days, the same in every call. */
export function randomLog(users: number): LogEvent[] {
  const uniform = uniformGenerator('prediction test log', 1)
  const below = (limit: number) => Math.floor(uniform() * limit)
  return Array.from({ length: users }, (_, user) => {
    const times = Array.from({ length: 3 + below(38) }, () => firstDay + below(10 * 1440) * minute).sort(
      (a, b) => a - b,
    )
    return times.map((time) => ({
      user: `user-${user}`,
      time,
      behaviour: behaviours[below(behaviours.length)],
      location: ['', 'home', 'office'][below(3)],
    }))
  }).flat()
}

const runId = 'run-1'

export interface TrainedRun extends Disposable {
  readonly log: LogWorkspace
  readonly dataset: OpenedDataset
  readonly model: ModelConfiguration
  /** Flat, in the layout of model/parameters.ts; random, not trained: predictions differ by input, and that is all that matters here. */
  readonly parameters: Float32Array
  /** Of a model that reads them. */
  readonly transitions: TransitionCounts | undefined
}

/** A workspace with a log, a dataset `data` and a run `run` with a `best` checkpoint. */
export async function createTrainedRun({
  events = randomLog(30),
  dataset: datasetOptions = {},
  model: options = {},
}: {
  events?: LogEvent[]
  dataset?: Partial<DatasetConfigurationInput>
  model?: Partial<ModelOptions>
} = {}): Promise<TrainedRun> {
  const log = createLogWorkspace()
  const { workspace } = log
  log.addSource('log', events, { simulated: true })
  const configuration = configure({ name: 'data', length: 16, minimumLocationEvents: 1, ...datasetOptions })
  const { id } = await buildDataset(workspace, configuration, silentContext)
  const dataset = openDataset(workspace, id)
  const model = resolveModel(modelOptions.parse({ streamWidth: 4, layers: 2, heads: 2, ...options }), {
    behaviours: dataset.behaviours.length,
    locations: dataset.locations.length,
    slots: dataset.slotsPerDay,
    length: configuration.length,
  })
  const layout = layoutParameters(model)
  const parameters = initializeParameters(layout, 7)
  const transitions = model.transitions ? countTransitions(dataset) : undefined
  await writeRun(log, dataset, model, parameters)
  if (transitions !== undefined) await writeTransitions(runDirectory(workspace, runId), transitions)
  return { log, dataset, model, parameters, transitions, [Symbol.dispose]: () => log[Symbol.dispose]() }
}

async function writeRun(
  { workspace }: LogWorkspace,
  dataset: OpenedDataset,
  model: ModelConfiguration,
  parameters: Float32Array,
): Promise<void> {
  const id = runId
  const createdAt = '2025-01-01T00:00:00.000Z'
  const directory = runDirectory(workspace, id)
  mkdirSync(path.join(directory, 'checkpoints'), { recursive: true })
  await writeRunDocument(directory, {
    format: 1,
    id,
    name: 'run',
    configuration: runConfiguration.parse({ dataset: dataset.id, steps: 1, seed: 1 }),
    objectiveParameters: {},
    model,
    dataset: { id: dataset.id, name: dataset.name, contentHash: dataset.contentHash },
    device: 'cpu',
    deviceReason: phrase`cpu, as asked.`,
    threads: 1,
    stepsPerCall: 1,
    versions: {},
    parameterCount: parameters.length,
    totalSteps: 1,
    stepsPerEpoch: 1,
    createdAt,
  })
  const losses = { losses: [], observed: [] }
  await writeBest(directory, layoutParameters(model), parameters, {
    format: 1,
    run: id,
    dataset: dataset.contentHash,
    step: 1,
    epoch: 0,
    batchesTaken: 0,
    seed: 1,
    objective: { steps: 1, classLosses: losses, groupLosses: losses, classWeights: [], groupDistribution: [] },
    best: null,
    validationsWithoutImprovement: 0,
    validation: null,
    stoppedEarly: false,
    savedAt: createdAt,
  })
  insertRun(workspace.database, {
    id,
    name: 'run',
    dataset: dataset.id,
    objective: 'ce',
    device: 'cpu',
    parameterCount: parameters.length,
    totalSteps: 1,
    selectBy: 'nll',
    createdAt,
  })
}
