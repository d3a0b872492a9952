import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { type DatasetManifest, datasetManifest } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { issuePhrase } from '../../shared/issues.ts'
import { type Phrase, phrase, statements } from '../../shared/phrase.ts'

/** The file that describes a dataset directory. Everything in it follows from the events and the configuration: no dates, no machine. */

export const manifestName = 'manifest.json'
export const columnsName = 'events.safetensors'
export const vocabularyName = 'vocabulary.safetensors'

/** JSON with sorted keys: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  )
}

/** What makes two builds the same one: the configuration without its name. */
export function configurationText({ name: _name, ...configuration }: DatasetConfiguration): string {
  return canonicalJson(configuration)
}

/** SHA-256 of everything in the manifest but the dataset's name and the hash itself. */
export function contentHashOf(manifest: Omit<DatasetManifest, 'contentHash'>): string {
  const { contentHash: _hash, configuration, ...rest } = manifest as DatasetManifest
  const text = canonicalJson({ ...rest, configuration: configurationText(configuration) })
  return createHash('sha256').update(text).digest('hex')
}

/** A dataset's id: enough of its content hash. */
export function datasetId(contentHash: string): string {
  return contentHash.slice(0, 16)
}

/**
 * Reads a dataset's manifest and checks it against its own hash.
 * @throws WorkbenchError `corrupt` when it is not readable, `not-found` when there is none.
 */
export function readManifest(directory: string): DatasetManifest {
  const path = join(directory, manifestName)
  const parsed = datasetManifest.safeParse(parseJson(path))
  if (!parsed.success) throw damaged(path, statements(parsed.error.issues.map(issuePhrase)))
  if (contentHashOf(parsed.data) !== parsed.data.contentHash)
    throw damaged(path, phrase`it does not match its own hash`)
  return parsed.data
}

function parseJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new WorkbenchError('not-found', phrase`${path} cannot be read: the dataset is not there.`, rebuildHint, {
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(path, phrase`it is not JSON`)
  }
}

const rebuildHint = phrase`Remove its directory and build the dataset again with the same configuration: it comes out the same.`

function damaged(path: string, reason: Phrase): WorkbenchError {
  return new WorkbenchError('corrupt', phrase`${path} is damaged: ${reason}.`, rebuildHint)
}
