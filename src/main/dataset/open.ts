import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DatasetManifest } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { requireDataset } from '../storage/datasets.ts'
import {
  hashFile,
  openSafetensors,
  type SafetensorsFile,
  type TensorType,
  type TypedArrays,
} from '../storage/safetensors.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { columnsName, datasetId, readManifest, vocabularyName } from './manifest.ts'
import { readStrings } from './string-table.ts'
import type { Dataset } from './types.ts'

export interface OpenDatasetOptions {
  /** Compare every file with its SHA-256 (seconds per GB). Without it, sizes and headers are checked at once and each column by its CRC-32 when it is read. */
  verify?: boolean
}

/** A dataset with its manifest: counts, boundaries, hashes. */
export interface OpenedDataset extends Dataset {
  readonly manifest: DatasetManifest
}

/**
 * Opens a dataset by id or name. Columns are read whole when first used and kept: 20 bytes per event when all are (2 GB for 100 M events), of which `time`, 8 bytes,
 * is not needed for training; besides, the names and 8 bytes per user.
 *
 * @throws WorkbenchError `not-found` for an unknown dataset, `corrupt` for damaged files; columns throw it too, when they are first used.
 */
export function openDataset(
  workspace: ReadWorkspace,
  idOrName: string,
  options: OpenDatasetOptions = {},
): OpenedDataset {
  const record = requireDataset(workspace.database, idOrName)
  const name = record.names.includes(idOrName) ? idOrName : record.names[0]
  return openDirectory(join(workspace.datasets, record.id), { ...options, name })
}

/** Opens a dataset's directory, wherever it lies. Errors as of `openDataset`. */
export function openDirectory(directory: string, options: OpenDatasetOptions & { name?: string } = {}): OpenedDataset {
  const manifest = readManifest(directory)
  for (const name of Object.keys(manifest.files)) checkFile(join(directory, name), manifest.files[name], options)
  const columns = openSafetensors(join(directory, columnsName))
  const vocabulary = openSafetensors(join(directory, vocabularyName))
  const unseen = once(() => readUnseen(vocabulary))
  return {
    id: datasetId(manifest.contentHash),
    name: options.name ?? manifest.configuration.name,
    directory,
    manifest,
    configuration: manifest.configuration,
    contentHash: manifest.contentHash,
    simulated: manifest.simulated,
    slotsPerDay: 1440 / manifest.configuration.slotMinutes,
    behaviours: readStrings(vocabulary, 'behaviours'),
    trainingCounts: vocabulary.read('trainingCounts', 'F64'),
    locations: readStrings(vocabulary, 'locations'),
    users: readStrings(vocabulary, 'users'),
    userOffsets: vocabulary.read('userOffsets', 'F64'),
    columns: lazyColumns(columns, {
      behaviour: 'I32',
      location: 'I32',
      weekday: 'U8',
      slot: 'U16',
      time: 'F64',
      split: 'U8',
    }),
    unseenBehaviour: (event) => unseen()(event),
  }
}

function checkFile(
  path: string,
  recorded: { bytes: number; sha256: string },
  { verify = false }: OpenDatasetOptions,
): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size
  if (bytes === undefined) throw damaged(path, phrase`it is missing`)
  if (bytes !== recorded.bytes) throw damaged(path, phrase`it has ${bytes} bytes instead of ${recorded.bytes}`)
  if (verify && hashFile(path) !== recorded.sha256) throw damaged(path, phrase`its SHA-256 is not the recorded one`)
}

function damaged(path: string, reason: Phrase): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    phrase`${path} is damaged: ${reason}.`,
    phrase`Build the dataset again with the same configuration: it comes out the same and replaces ${basename(path)}.`,
  )
}

/** Columns that are read when first used. */
function lazyColumns<Types extends Record<string, TensorType>>(
  file: SafetensorsFile,
  types: Types,
): { [Name in keyof Types]: TypedArrays[Types[Name]] } {
  const columns = {}
  for (const [name, type] of Object.entries(types)) {
    const read = once(() => file.read(name, type))
    Object.defineProperty(columns, name, { enumerable: true, get: read })
  }
  return columns as { [Name in keyof Types]: TypedArrays[Types[Name]] }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function readUnseen(vocabulary: SafetensorsFile): (event: number) => string | undefined {
  const events = vocabulary.read('unseen.events', 'F64')
  const behaviours = vocabulary.read('unseen.behaviours', 'I32')
  const names = readStrings(vocabulary, 'unseen')
  return (event) => {
    const index = lowerBound(events, event, 0, events.length)
    return events[index] === event ? names[behaviours[index]] : undefined
  }
}

/** First index in [from, to) of an ascending array whose value is not below `value`; `to` when there is none. */
export function lowerBound(values: ArrayLike<number>, value: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (values[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
