import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { datasetLineage, type Lineage } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { readySources, sourcesOf } from '../storage/sources.ts'

/** The file beside a dataset's manifest that says which sources, of which files, it was built from. */
export const lineageName = 'sources.json'

/** Writes down the sources of a build as they are now. */
export async function writeLineage(
  directory: string,
  database: ReadDatabase,
  configuration: DatasetConfiguration,
): Promise<void> {
  const sources = datasetLineage.parse(sourcesOf(database, configuration))
  await writeFile(join(directory, lineageName), `${JSON.stringify(sources, null, 2)}\n`)
}

/** Where the events of a dataset come from, and whether the workspace still has it. @throws WorkbenchError `corrupt` */
export function readLineage(database: ReadDatabase, directory: string, configuration: DatasetConfiguration): Lineage {
  const file = join(directory, lineageName)
  const recorded = existsSync(file)
  const sources = recorded ? parse(file) : datasetLineage.parse(knownSources(database, configuration))
  const now = new Map(readySources(database).map((source) => [fingerprint(source), source.id]))
  return { recorded, sources: sources.map((source) => ({ ...source, now: now.get(fingerprint(source)) ?? null })) }
}

/** Of a dataset that recorded none: its sources by name, as far as the workspace has them. */
function knownSources(database: ReadDatabase, { sources }: DatasetConfiguration) {
  const all = readySources(database)
  return sources.length === 0
    ? all
    : all.filter(({ id, name }) => sources.some((one) => one === name || one === `${id}`))
}

function parse(file: string) {
  try {
    return datasetLineage.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new WorkbenchError(
      'corrupt',
      phrase`${file} does not say what it should.`,
      phrase`Only where the events come from is lost. Remove the file, and the sources of now are shown.`,
      { cause: error },
    )
  }
}

/** Sources of the same files, or generated under the same name, are the same. */
function fingerprint({ name, files }: { name: string; files: readonly { sha256: string }[] }): string {
  return files.length === 0 ? name : files.map(({ sha256 }) => sha256).join(' ')
}
