import { existsSync } from 'node:fs'
import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import { readSafetensors, type Tensor, writeSafetensors } from '../storage/safetensors.ts'

/*
 * The transition counts of a run lie once in its directory, beside its checkpoints: they are fixed when the run is created and the same for all of them.
 */

const transitionsFile = 'transitions.safetensors'

/** Writes the counts that a run's model reads. @throws WorkbenchError `storage` when the disk refuses. */
export async function writeTransitions(
  directory: string,
  { offsets, successors, counts }: TransitionCounts,
): Promise<void> {
  const vector = (data: Int32Array): Tensor => ({ data, shape: [data.length] })
  await writeSafetensors(path.join(directory, transitionsFile), {
    offsets: vector(offsets),
    successors: vector(successors),
    counts: vector(counts),
  })
}

/**
 * The transition counts of a run; undefined for a model that reads none.
 * @throws WorkbenchError `corrupt` when the file is missing, damaged or not this model's.
 */
export function loadTransitions({
  directory,
  model,
}: {
  directory: string
  model: ModelConfiguration
}): TransitionCounts | undefined {
  if (!model.transitions) return undefined
  const file = path.join(directory, transitionsFile)
  if (!existsSync(file)) throw damaged(file, phrase`is missing`)
  const { offsets, successors, counts } = readSafetensors(file).tensors
  const isWhole =
    offsets?.data instanceof Int32Array &&
    successors?.data instanceof Int32Array &&
    counts?.data instanceof Int32Array &&
    offsets.data.length === model.behaviours + 2 &&
    successors.data.length === offsets.data.at(-1) &&
    counts.data.length === offsets.data.at(-1)
  if (!isWhole) throw damaged(file, phrase`does not hold transitions between ${model.behaviours} behaviours`)
  return { offsets: offsets.data, successors: successors.data, counts: counts.data } as TransitionCounts
}

function damaged(file: string, reason: Phrase): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    phrase`${file} ${reason}.`,
    phrase`Restore the run directory from a backup, or train again.`,
  )
}
