import type { TrainConfiguration, TrainConfigurationInput } from '../../shared/configuration.ts'
import { toErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import { type JobContext, pauseReason } from '../../shared/progress.ts'
import type { RunEnd } from '../../shared/runs.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import { type OpenedDataset, openDataset } from '../dataset/open.ts'
import { countTransitions } from '../dataset/transition-counts.ts'
import { chooseDevice } from '../engine/doctor.ts'
import { createInference } from '../engine/inference.ts'
import { createTrainingStep, type TrainingStep } from '../engine/training.ts'
import { resolveModel } from '../model/configuration.ts'
import { createObjective, type Objective } from '../model/objectives/objective.ts'
import { resolveObjectiveParameters } from '../model/objectives/parameters.ts'
import { layoutParameters } from '../model/parameters.ts'
import { acquireLock } from '../storage/locks.ts'
import { findRun, markRunEnded, markRunRunning, runLock, truncateRunHistory } from '../storage/runs.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { type CheckpointState, readCheckpoint, recoverCheckpoints, type ValidationMetrics } from './checkpoints.ts'
import { createTrainingData, headWeightsOf, startingCounts, type TrainingData } from './data.ts'
import { describeMemory, estimateMemory } from './estimate.ts'
import { chooseName, createRun, newRunId, parseConfiguration, settleSeed, versions } from './new-run.ts'
import { loadRun, type RunDocument, runDirectory } from './run-directory.ts'
import { threadsOf } from './threads.ts'
import { Trainer } from './trainer.ts'
import { loadTransitions } from './transitions-file.ts'
import { hasTargets } from './validation.ts'
import { settingsWithoutEffect } from './without-effect.ts'

/** How a training ended that was not refused, cancelled or broken. */
export interface TrainResult {
  run: string
  name: string
  /** `paused` runs go on with `resumeRun`. */
  status: 'done' | 'paused'
  step: number
  totalSteps: number
  /** The patience was used up before the last step. */
  stoppedEarly: boolean
  selectBy: TrainConfiguration['selectBy']
  /** Step and value of the best validation: the checkpoint `best`. Without validation targets there is no value, and the step is the last one. */
  best: { step: number; value: number | null } | null
  /** The latest validation. */
  validation: { step: number; metrics: ValidationMetrics } | null
  device: string
  deviceReason: Phrase
  parameterCount: number
}

/**
 * Trains a new run: `runs/<id>/` with checkpoints, listed in the workspace with its history.
 *
 * Aborting the signal with `pauseReason` saves and returns with status `paused`; with any other reason it saves and throws `cancelled`. Both can be resumed.
 *
 * @throws WorkbenchError `usage` for options that contradict each other or need more memory than there is, `not-found` or `corrupt` for the dataset, `conflict` for a name
 * that is taken, `device` for a device that does not work, `diverged` when the numbers leave the finite ones, `storage` when the disk refuses.
 */
export async function trainRun(
  workspace: WriteWorkspace,
  input: TrainConfigurationInput,
  context: JobContext,
): Promise<TrainResult> {
  const given = parseConfiguration(input)
  const objectiveParameters = resolveObjectiveParameters(given.objective)
  const dataset = openDataset(workspace, given.dataset)
  const configuration = settleSeed(given, dataset)
  const model = resolveModel(configuration.model, {
    behaviours: dataset.behaviours.length,
    locations: dataset.locations.length,
    slots: dataset.slotsPerDay,
    length: dataset.configuration.length,
  })
  const name = chooseName(workspace, configuration, dataset)
  const threads = configuration.threads ?? threadsOf(workspace)
  const choice = await chooseDevice(configuration.device, {
    threads,
    stepsPerCall: configuration.stepsPerCall,
    signal: context.signal,
  })
  if (configuration.device === 'auto') context.warn(phrase`Device: ${choice.reason}`)
  const data = createTrainingData(dataset, configuration)
  const stepsPerEpoch = Math.ceil(data.epoch(0).count / configuration.accumulation)
  const document: RunDocument = {
    format: 1,
    id: newRunId(),
    name,
    configuration: { ...configuration, name },
    objectiveParameters,
    model,
    dataset: { id: dataset.id, name: dataset.name, contentHash: dataset.contentHash },
    device: choice.device,
    deviceReason: choice.reason,
    threads,
    stepsPerCall: choice.stepsPerCall,
    versions: versions(),
    parameterCount: layoutParameters(model).count,
    totalSteps: configuration.steps ?? Math.ceil(configuration.epochs! * stepsPerEpoch),
    stepsPerEpoch,
    createdAt: new Date().toISOString(),
  }
  for (const warning of settingsWithoutEffect(document, dataset)) context.warn(warning)
  using _lock = acquireLock(workspace.database, runLock(document.id), phrase`training the run "${name}"`)
  const transitions = model.transitions ? countTransitions(dataset) : undefined
  const session = await openSession(document, dataset, data, transitions, context)
  try {
    const initial = await createRun(workspace, document, session)
    return await runToEnd(workspace, document, session, initial, context)
  } finally {
    await session.step.dispose()
  }
}

export interface ResumeOptions {
  /** Id or name. */
  run: string
  /** `previous` goes back one checkpoint, for a `last` that is damaged. */
  checkpoint?: 'last' | 'previous'
}

/**
 * Goes on with a run that was paused, cancelled, interrupted or failed, from its last checkpoint; on the same device and thread count it ends with the same parameters
 * as without interruption, bit for bit.
 *
 * @throws WorkbenchError `conflict` for a run that is done or diverged or whose dataset has changed, `locked` when a process trains it, `corrupt` naming a damaged
 * file, and as `trainRun`.
 */
export async function resumeRun(
  workspace: WriteWorkspace,
  { run: idOrName, checkpoint: from = 'last' }: ResumeOptions,
  context: JobContext,
): Promise<TrainResult> {
  const { id, name } = findRun(workspace.database, idOrName)
  using _lock = acquireLock(workspace.database, runLock(id), phrase`training the run "${name}"`)
  const { directory, status, ...document } = loadRun(workspace, id)
  refuseFinished(name, status)
  const dataset = openSameDataset(workspace, document)
  await recoverCheckpoints(directory)
  const checkpoint = readCheckpoint(directory, from, layoutParameters(document.model))
  refuseForeignCheckpoint(document, checkpoint.state)
  // What was chosen at the start must still work; another device would round differently.
  await chooseDevice(document.device, {
    threads: document.threads,
    stepsPerCall: document.stepsPerCall,
    signal: context.signal,
  })
  const data = createTrainingData(dataset, document.configuration)
  const transitions = loadTransitions({ directory, model: document.model })
  const session = await openSession(document, dataset, data, transitions, context)
  try {
    await session.step.writeState(checkpoint.training)
    session.objective.restore(checkpoint.state.objective)
    markRunRunning(workspace.database, id)
    truncateRunHistory(workspace.database, id, checkpoint.state.step, checkpoint.state.best)
    return await runToEnd(workspace, document, session, checkpoint.state, context)
  } finally {
    await session.step.dispose()
  }
}

/** The compiled training step of a run, its objective and its data. */
interface Session {
  data: TrainingData
  step: TrainingStep
  objective: Objective
  transitions: TransitionCounts | undefined
}

/** Says how much memory the training needs. @throws WorkbenchError `usage` when the machine does not have it */
async function openSession(
  document: RunDocument,
  dataset: OpenedDataset,
  data: TrainingData,
  transitions: TransitionCounts | undefined,
  context: JobContext,
): Promise<Session> {
  const { configuration, model, device, threads, stepsPerCall } = document
  const counts = dataset.trainingCounts
  const groups = { names: groupNames, of: groupClasses(counts, 'share') }
  const objective = createObjective(configuration.objective, counts, groups)
  const training = {
    model,
    batch: configuration.batch,
    length: model.length,
    objective: objective.graph,
    optimizer: {
      betas: configuration.betas,
      weightDecay: configuration.weightDecay,
      decayEmbeddings: configuration.decayEmbeddings,
      gradientClip: configuration.gradientClip,
    },
    seed: configuration.seed,
    transitions,
    headWeights: headWeightsOf(configuration),
    accumulation: configuration.accumulation,
    stepsPerCall,
  }
  if (!hasTargets(data.validation())) context.warn(noValidationTargets)
  context.warn(describeMemory(estimateMemory(training, data.validationBatch), training, device))
  const step = await createTrainingStep({
    ...training,
    device,
    threads,
    counts: startingCounts(dataset, model, objective.graph.shift),
  })
  return { data, step, objective, transitions }
}

const noValidationTargets = phrase`There are no validation targets: no event of the validation period has a behaviour that was seen in training. Nothing can tell a better checkpoint from a worse one, so the last one counts as the best.`

async function runToEnd(
  workspace: WriteWorkspace,
  document: RunDocument,
  { data, step, objective, transitions }: Session,
  from: CheckpointState,
  context: JobContext,
): Promise<TrainResult> {
  const { database } = workspace
  const directory = runDirectory(workspace, document.id)
  const { parameters } = await step.readState()
  const inference = await createInference(document.model, parameters, {
    device: document.device,
    threads: document.threads,
    transitions,
  })
  const trainer = new Trainer({ document, directory, database, data, step, inference, objective, context }, from)
  const end = (status: RunEnd, error: unknown = null) =>
    markRunEnded(database, document.id, status, error === null ? null : toErrorDocument(error))
  try {
    const status = await trainOrPause(trainer, document, context)
    end(status)
    return result(document, trainer, status)
  } catch (error) {
    try {
      end(endOf(error), error)
    } catch {
      // The disk that broke the run may refuse this too; a run without an end reads as interrupted, and why it broke matters more.
    }
    throw error
  } finally {
    await inference.dispose()
  }
}

/** Trains to the end; a run that is told to stop is saved first, and a pause is no failure. */
async function trainOrPause(trainer: Trainer, document: RunDocument, context: JobContext): Promise<'done' | 'paused'> {
  try {
    await trainer.train()
    return 'done'
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'cancelled') throw error
    await trainer.save()
    if (context.signal.reason === pauseReason) return 'paused'
    throw new WorkbenchError(
      'cancelled',
      phrase`Cancelled the run "${document.name}" at step ${trainer.position.step} of ${document.totalSteps}.`,
      phrase`Its checkpoint is kept: the run can be resumed${atTerminal(`--resume ${document.name}`)}.`,
      { cause: error },
    )
  }
}

function endOf(error: unknown): RunEnd {
  if (error instanceof WorkbenchError && (error.code === 'cancelled' || error.code === 'diverged')) return error.code
  return 'failed'
}

function result(document: RunDocument, trainer: Trainer, status: 'done' | 'paused'): TrainResult {
  const { step, stoppedEarly, best, validation } = trainer.position
  const { id, name, totalSteps, device, deviceReason, parameterCount, configuration } = document
  const { selectBy } = configuration
  return {
    run: id,
    name,
    status,
    step,
    totalSteps,
    stoppedEarly,
    selectBy,
    best,
    validation,
    device,
    deviceReason,
    parameterCount,
  }
}

function refuseFinished(name: string, status: string): void {
  if (status === 'done') {
    throw new WorkbenchError(
      'conflict',
      phrase`The run "${name}" is finished.`,
      phrase`Train a new run for more steps.`,
    )
  }
  if (status === 'diverged') {
    throw new WorkbenchError(
      'conflict',
      phrase`The run "${name}" diverged; going on would repeat it exactly.`,
      phrase`Train a new run with a lower learning rate; its checkpoints "best" and "last" can be evaluated as they are.`,
    )
  }
}

function openSameDataset(workspace: WriteWorkspace, document: RunDocument): OpenedDataset {
  const dataset = openDataset(workspace, document.dataset.id)
  if (dataset.contentHash === document.dataset.contentHash) return dataset
  throw new WorkbenchError(
    'conflict',
    phrase`The dataset ${document.dataset.id} has changed since the run "${document.name}" was started: its content hash is ${dataset.contentHash}, not ${document.dataset.contentHash}.`,
    phrase`Restore the dataset, or train a new run.`,
  )
}

function refuseForeignCheckpoint(document: RunDocument, state: CheckpointState): void {
  if (state.run === document.id && state.dataset === document.dataset.contentHash) return
  throw new WorkbenchError(
    'corrupt',
    phrase`The checkpoint in runs/${document.id} belongs to run ${state.run} on dataset ${state.dataset}.`,
    phrase`Restore the run directory from a backup, or train again.`,
  )
}
