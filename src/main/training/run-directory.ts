import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { devices, runConfiguration } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { isPhrase, type Phrase, phrase, toPhrase } from '../../shared/phrase.ts'
import type { RunStatus } from '../../shared/runs.ts'
import { type ModelConfiguration, modelConfiguration } from '../model/configuration.ts'
import { layoutParameters } from '../model/parameters.ts'
import { writeFileAtomic } from '../storage/files.ts'
import { lockHolder } from '../storage/locks.ts'
import { findRun, isRunNameTaken, runLock } from '../storage/runs.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import {
  type CheckpointName,
  type CheckpointState,
  checkpointDirectory,
  readCheckpointParameters,
  readCheckpointState,
} from './checkpoints.ts'

/**
 * A run's directory, `runs/<id>/`: `run.json` says how to repeat the run, `checkpoints/best` and `checkpoints/last` hold what it has learned. Its status and history are
 * in the workspace's database.
 */

/** What run.json holds. */
const runDocument = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** With every default filled in. */
  configuration: runConfiguration,
  /** The objective's parameters with defaults filled in. */
  objectiveParameters: z.record(z.string(), z.number()),
  model: modelConfiguration,
  dataset: z.strictObject({ id: z.string(), name: z.string(), contentHash: z.string() }),
  device: z.enum(devices),
  /** Why this device. */
  deviceReason: z.union([z.string(), z.custom<Phrase>(isPhrase)]).transform(toPhrase),
  /** Threads of the cpu device; with another number the sums round differently. */
  threads: z.int().min(1),
  versions: z.record(z.string(), z.string()),
  parameterCount: z.int(),
  /** Optimizer steps of the whole run, and of one epoch. */
  totalSteps: z.int().min(1),
  stepsPerEpoch: z.int().min(1),
  /** Steps in one call of the device, at most; runs from before there were several made one. */
  stepsPerCall: z.int().min(1).default(1),
  createdAt: z.string(),
})
export type RunDocument = z.infer<typeof runDocument>

/** A run as stored. */
export interface Run extends RunDocument {
  readonly directory: string
  readonly status: RunStatus
}

const runFile = (directory: string) => path.join(directory, 'run.json')

/** The directory of a run of this workspace. */
export function runDirectory(workspace: ReadWorkspace, id: string): string {
  return path.join(workspace.runs, id)
}

/** Writes run.json. @throws WorkbenchError `storage` when the disk refuses. */
export async function writeRunDocument(directory: string, document: RunDocument): Promise<void> {
  await writeFileAtomic(runFile(directory), `${JSON.stringify(runDocument.parse(document), null, 2)}\n`)
}

/**
 * The directories that hold a run which the database does not list, such as after an older backup of it was restored. They hold what somebody trained: nothing
 * removes them but a person.
 */
export function unlistedRuns(workspace: ReadWorkspace): string[] {
  const ids = existsSync(workspace.runs) ? readdirSync(workspace.runs) : []
  return (
    ids
      .filter((id) => !id.startsWith('.') && existsSync(runFile(runDirectory(workspace, id))))
      .filter((id) => !isRunNameTaken(workspace.database, id))
      // One that is just being made or removed.
      .filter((id) => lockHolder(workspace.database, runLock(id)) === undefined)
      .sort()
      .map((id) => runDirectory(workspace, id))
  )
}

/**
 * Opens a run by id or name.
 * @throws WorkbenchError `not-found` when there is none, `corrupt` when its run.json is missing or does not hold what it should.
 */
export function loadRun(workspace: ReadWorkspace, idOrName: string): Run {
  const { id, status } = findRun(workspace.database, idOrName)
  const directory = runDirectory(workspace, id)
  return { ...readRunDocument(directory), directory, status }
}

function readRunDocument(directory: string): RunDocument {
  const file = runFile(directory)
  const damaged = (reason: Phrase, cause?: unknown) =>
    new WorkbenchError(
      'corrupt',
      phrase`${file} ${reason}.`,
      phrase`Restore the run directory from a backup, or train again.`,
      {
        cause,
      },
    )
  if (!existsSync(file)) throw damaged(phrase`is missing`)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw damaged(phrase`is not valid JSON`, error)
  }
  const parsed = runDocument.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw damaged(phrase`does not describe a run: ${issuePhrase(issue)}`, parsed.error)
}

/**
 * The parameters of a checkpoint: flat, in the layout of model/parameters.ts.
 * @throws WorkbenchError `not-found` when the run has no such checkpoint yet, `corrupt` naming the file when it is damaged.
 */
export function loadParameters(
  run: { directory: string; model: ModelConfiguration },
  name: CheckpointName,
): Float32Array {
  return readCheckpointParameters(checkpointDirectory(run.directory, name), layoutParameters(run.model))
}

/** When and how good a checkpoint is: its step, epoch and validation metrics. Errors as of `loadParameters`. */
export function loadCheckpointState(run: { directory: string }, name: CheckpointName): CheckpointState {
  return readCheckpointState(checkpointDirectory(run.directory, name))
}
