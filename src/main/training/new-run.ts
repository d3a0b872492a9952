import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import packageDocument from '../../../package.json' with { type: 'json' }
import {
  type RunConfiguration,
  type TrainConfiguration,
  type TrainConfigurationInput,
  trainConfiguration,
} from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { atTerminal, phrase, statements } from '../../shared/phrase.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import type { OpenedDataset } from '../dataset/open.ts'
import type { TrainingStep } from '../engine/training.ts'
import type { Objective } from '../model/objectives/objective.ts'
import { requireDataset } from '../storage/datasets.ts'
import { createDirectoryAtomic } from '../storage/files.ts'
import { insertRun, isRunNameTaken } from '../storage/runs.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { type CheckpointState, writeLast } from './checkpoints.ts'
import { type RunDocument, runDirectory, writeRunDocument } from './run-directory.ts'
import { writeTransitions } from './transitions-file.ts'

/** The configuration that a run keeps: its seed is the dataset's where none is given. */
export function settleSeed(configuration: TrainConfiguration, dataset: OpenedDataset): RunConfiguration {
  return { ...configuration, seed: configuration.seed ?? dataset.configuration.seed }
}

/** @throws WorkbenchError `usage` naming each wrong field, or that not exactly one of epochs and steps is given. */
export function parseConfiguration(input: TrainConfigurationInput): TrainConfiguration {
  const parsed = trainConfiguration.safeParse(input)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(issuePhrase)
    throw new WorkbenchError('usage', phrase`The configuration of the run is not valid. ${statements(issues)}.`)
  }
  const { epochs, steps } = parsed.data
  if ((epochs === undefined) === (steps === undefined)) {
    throw new WorkbenchError(
      'usage',
      epochs === undefined ? phrase`Neither epochs nor steps are given.` : phrase`Both epochs and steps are given.`,
      phrase`Say how long to train: either in epochs${atTerminal('--epochs')} or in steps${atTerminal('--steps')}.`,
    )
  }
  return parsed.data
}

/** The configured name, or one made of dataset and objective. @throws WorkbenchError `conflict` when the configured one is taken. */
export function chooseName(
  workspace: WriteWorkspace,
  configuration: TrainConfiguration,
  dataset: OpenedDataset,
): string {
  const { name } = configuration
  if (name !== undefined) {
    if (!isRunNameTaken(workspace.database, name)) return name
    throw new WorkbenchError(
      'conflict',
      phrase`There is a run named "${name}" already.`,
      phrase`Choose another name, or resume that run${atTerminal(`--resume ${name}`)}.`,
    )
  }
  const base = `${dataset.name}-${configuration.objective.name}`
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? base : `${base}-${number}`
    if (!isRunNameTaken(workspace.database, candidate)) return candidate
  }
}

/** Sorts by time: 20261122-190412-3fa9c1. */
export function newRunId(): string {
  const [date, time] = new Date().toISOString().split('T')
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(3).toString('hex')}`
}

/** What a run depends on to be repeated. */
export function versions(): Record<string, string> {
  return {
    workbench: packageDocument.version,
    node: process.versions.node,
    onnxruntime: packageDocument.dependencies['onnxruntime-node'],
    platform: `${process.platform}-${process.arch}`,
  }
}

/** The run appears in the file system with a checkpoint of step 0, then in the list: it can be resumed from the first moment on. */
export async function createRun(
  workspace: WriteWorkspace,
  document: RunDocument,
  {
    step,
    objective,
    transitions,
  }: { step: TrainingStep; objective: Objective; transitions: TransitionCounts | undefined },
): Promise<CheckpointState> {
  const directory = runDirectory(workspace, document.id)
  const training = await step.readState()
  const state: CheckpointState = {
    format: 1,
    run: document.id,
    dataset: document.dataset.contentHash,
    step: 0,
    epoch: 0,
    batchesTaken: 0,
    seed: document.configuration.seed,
    objective: objective.state(),
    best: null,
    validationsWithoutImprovement: 0,
    validation: null,
    stoppedEarly: false,
    savedAt: new Date().toISOString(),
  }
  await createDirectoryAtomic(directory, async (temporary) => {
    await writeRunDocument(temporary, document)
    if (transitions !== undefined) await writeTransitions(temporary, transitions)
    await writeLast(temporary, step.layout, training, state)
  })
  try {
    workspace.database.transaction(() => {
      // It may have been removed since it was opened.
      requireDataset(workspace.database, document.dataset.id)
      insertRun(workspace.database, {
        id: document.id,
        name: document.name,
        dataset: document.dataset.id,
        objective: document.configuration.objective.name,
        device: document.device,
        parameterCount: document.parameterCount,
        totalSteps: document.totalSteps,
        selectBy: document.configuration.selectBy,
        createdAt: document.createdAt,
      })
    })
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return state
}
