import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, constants as fileConstants, link, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { extraHeads } from '../../shared/heads.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import type { TrainingState } from '../engine/training.ts'
import { flattenParameters, type NamedTensor, type ParameterLayout, parameterViews } from '../model/parameters.ts'
import {
  createDirectoryAtomic,
  previousOf,
  recoverReplacedDirectory,
  removeStaleTemporaries,
} from '../storage/files.ts'
import { openSafetensors, readSafetensors, writeSafetensors } from '../storage/safetensors.ts'

/**
 * Checkpoints: directories of `parameters.safetensors`, `state.json` and, where training can go on, `optimizer.safetensors`. Each appears complete or not at all.
 *
 * - `best`: what the best validation saw; no optimizer state.
 * - `last`: everything that the next step depends on, so that a resumed run ends with the parameters of the uninterrupted one, bit for bit.
 * - `previous`: the `last` before it, for the day when `last` turns out to be damaged.
 */
export const checkpointNames = ['best', 'last', 'previous'] as const
export type CheckpointName = (typeof checkpointNames)[number]

const validationMetrics = z.strictObject({
  nll: z.number(),
  accuracy: z.number(),
  macroRecall: z.number(),
  targets: z.int(),
  /** Of the extra heads that the model has, over all validation targets. */
  heads: z.partialRecord(z.enum(extraHeads), z.strictObject({ nll: z.number(), accuracy: z.number() })).optional(),
})
/** Figures over the validation targets whose behaviour was seen in training. */
export type ValidationMetrics = z.infer<typeof validationMetrics>

const runningLosses = z.strictObject({ losses: z.array(z.number()), observed: z.array(z.boolean()) })

const checkpointState = z.strictObject({
  format: z.literal(1),
  run: z.string(),
  /** Content hash of the dataset that it was trained on. */
  dataset: z.string(),
  /** Optimizer steps done. With the seed it is the state of the dropout's random numbers, which depend on nothing else. */
  step: z.int().min(0),
  /** Epoch of the next batch, from 0, and batches of it already taken. With the seed, they are the state of the shuffling. */
  epoch: z.int().min(0),
  batchesTaken: z.int().min(0),
  seed: z.int(),
  objective: z.strictObject({
    steps: z.int(),
    classLosses: runningLosses,
    groupLosses: runningLosses,
    classWeights: z.array(z.number()),
    groupDistribution: z.array(z.number()),
  }),
  /** Best validation so far, by the run's metric; without a value, the latest of those that had no target. */
  best: z.strictObject({ step: z.int(), value: z.number().nullable() }).nullable(),
  /** Validations since the best one. */
  validationsWithoutImprovement: z.int().min(0),
  /** The latest validation and the step of it. */
  validation: z.strictObject({ step: z.int(), metrics: validationMetrics }).nullable(),
  /** Training stopped early at this step: there is nothing left to do. */
  stoppedEarly: z.boolean(),
  savedAt: z.string(),
})
export type CheckpointState = z.infer<typeof checkpointState>

const parametersFile = 'parameters.safetensors'
const optimizerFile = 'optimizer.safetensors'
const stateFile = 'state.json'

const checkpointsOf = (runDirectory: string) => path.join(runDirectory, 'checkpoints')

/** Where a checkpoint lies; the one being replaced while the new one is not in place. */
export function checkpointDirectory(runDirectory: string, name: CheckpointName): string {
  const directory = path.join(checkpointsOf(runDirectory), name)
  if (existsSync(directory)) return directory
  const replaced = previousOf(directory)
  if (existsSync(replaced)) return replaced
  throw new WorkbenchError(
    'not-found',
    phrase`There is no checkpoint "${name}" in ${runDirectory}.`,
    name === 'best'
      ? phrase`The run has not been validated yet: train it further, or use its last checkpoint.`
      : undefined,
  )
}

/** Whether a run has such a checkpoint. */
export function hasCheckpoint(runDirectory: string, name: CheckpointName): boolean {
  const directory = path.join(checkpointsOf(runDirectory), name)
  return existsSync(directory) || existsSync(previousOf(directory))
}

/** Undoes what a killed process left half-done; to be called by who holds the run's lock. */
export async function recoverCheckpoints(runDirectory: string): Promise<void> {
  for (const name of checkpointNames) await recoverReplacedDirectory(path.join(checkpointsOf(runDirectory), name))
  await removeStaleTemporaries(checkpointsOf(runDirectory))
}

/** Replaces `best`. @throws WorkbenchError `storage` when the disk refuses; the old one is then untouched. */
export async function writeBest(
  runDirectory: string,
  layout: ParameterLayout,
  parameters: Float32Array,
  state: CheckpointState,
): Promise<void> {
  await createDirectoryAtomic(
    path.join(checkpointsOf(runDirectory), 'best'),
    async (directory) => {
      await writeSafetensors(path.join(directory, parametersFile), parameterViews(layout, parameters), {
        step: String(state.step),
      })
      await writeState(directory, state)
    },
    { replace: true },
  )
}

/** Replaces `last`, whose content moves to `previous`. Errors as of `writeBest`. */
export async function writeLast(
  runDirectory: string,
  layout: ParameterLayout,
  training: TrainingState,
  state: CheckpointState,
): Promise<void> {
  const last = path.join(checkpointsOf(runDirectory), 'last')
  if (existsSync(last)) await keepAsPrevious(runDirectory, last)
  const step = String(state.step)
  await createDirectoryAtomic(
    last,
    async (directory) => {
      const parameters = parameterViews(layout, training.parameters)
      await writeSafetensors(path.join(directory, parametersFile), parameters, { step })
      const moments = {
        ...prefixed('firstMoment', parameterViews(layout, training.firstMoment)),
        ...prefixed('secondMoment', parameterViews(layout, training.secondMoment)),
      }
      await writeSafetensors(path.join(directory, optimizerFile), moments, { step })
      await writeState(directory, state)
    },
    { replace: true },
  )
}

/** Everything of a checkpoint that training goes on from. @throws WorkbenchError `not-found`, or `corrupt` naming the damaged file. */
export function readCheckpoint(
  runDirectory: string,
  name: 'last' | 'previous',
  layout: ParameterLayout,
): { training: TrainingState; state: CheckpointState } {
  const directory = checkpointDirectory(runDirectory, name)
  const state = readCheckpointState(directory)
  const parameters = readTensors(path.join(directory, parametersFile), state.step)
  const moments = readTensors(path.join(directory, optimizerFile), state.step)
  const flat = (file: string, tensors: Record<string, NamedTensor>) =>
    inFile(path.join(directory, file), () => flattenParameters(layout, tensors))
  return {
    training: {
      parameters: flat(parametersFile, parameters),
      firstMoment: flat(optimizerFile, withPrefix('firstMoment', moments)),
      secondMoment: flat(optimizerFile, withPrefix('secondMoment', moments)),
    },
    state,
  }
}

/** A checkpoint's parameters, flat. @throws WorkbenchError `corrupt` naming the damaged file. */
export function readCheckpointParameters(directory: string, layout: ParameterLayout): Float32Array {
  const file = path.join(directory, parametersFile)
  return inFile(file, () => flattenParameters(layout, readTensors(file)))
}

/** Optimizer steps of a checkpoint's parameters, from the header of their file alone. Errors as of `readCheckpointParameters`. */
export function readCheckpointStep(directory: string): number {
  const file = path.join(directory, parametersFile)
  return inFile(file, () => Number(openSafetensors(file).metadata.step))
}

/** A checkpoint's state.json. @throws WorkbenchError `corrupt` when it is missing, damaged, or not a checkpoint's state. */
export function readCheckpointState(directory: string): CheckpointState {
  const file = path.join(directory, stateFile)
  if (!existsSync(file)) throw damaged(file, phrase`is missing`)
  let content: { checksum?: unknown; state?: unknown }
  try {
    content = JSON.parse(readFileSync(file, 'utf8')) as typeof content
  } catch (error) {
    throw damaged(file, phrase`is not valid JSON`, error)
  }
  if (content?.checksum !== checksumOf(content?.state)) throw damaged(file, phrase`does not match its checksum`)
  const parsed = checkpointState.safeParse(content.state)
  if (!parsed.success)
    throw damaged(file, phrase`does not hold a checkpoint's state: ${issuePhrase(parsed.error.issues[0])}`)
  return parsed.data
}

async function writeState(directory: string, state: CheckpointState): Promise<void> {
  await writeFile(path.join(directory, stateFile), `${JSON.stringify({ checksum: checksumOf(state), state })}\n`)
}

function checksumOf(state: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(state) ?? '')
    .digest('hex')
}

/** Hard links where the file system has them: the files never change, only directories come and go. */
async function keepAsPrevious(runDirectory: string, last: string): Promise<void> {
  await createDirectoryAtomic(
    path.join(checkpointsOf(runDirectory), 'previous'),
    async (directory) => {
      for (const name of await readdir(last)) {
        const from = path.join(last, name)
        const to = path.join(directory, name)
        await link(from, to).catch(() => copyFile(from, to, fileConstants.COPYFILE_FICLONE))
      }
    },
    { replace: true },
  )
}

function readTensors(file: string, step?: number): Record<string, NamedTensor> {
  if (!existsSync(file)) throw damaged(file, phrase`is missing`)
  const { tensors, metadata } = inFile(file, () => readSafetensors(file))
  if (step !== undefined && metadata.step !== String(step)) {
    throw damaged(file, phrase`is of step ${metadata.step}, its checkpoint of step ${step}`)
  }
  const floats: Record<string, NamedTensor> = {}
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    if (!(data instanceof Float32Array)) throw damaged(file, phrase`holds a tensor ${name} that is not of type F32`)
    floats[name] = { data, shape }
  }
  return floats
}

function prefixed(prefix: string, tensors: Record<string, NamedTensor>): Record<string, NamedTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}.${name}`, tensor]))
}

function withPrefix(prefix: string, tensors: Record<string, NamedTensor>): Record<string, NamedTensor> {
  const start = `${prefix}.`
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]),
  )
}

/** Errors of what was read from a file name the file and say what to do about a checkpoint. */
function inFile<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'corrupt') throw error
    const { message } = error.toDocument()
    const named = error.message.includes(file) ? message : phrase`${file}: ${message}`
    throw new WorkbenchError('corrupt', named, remedy, { cause: error })
  }
}

const remedy = phrase`Resume from the checkpoint before it${atTerminal('--checkpoint previous')}, measure and predict with another one${atTerminal('--checkpoint last or best')}, or train again.`

function damaged(file: string, reason: Phrase, cause?: unknown): WorkbenchError {
  return new WorkbenchError('corrupt', phrase`${file} ${reason}.`, remedy, { cause })
}
