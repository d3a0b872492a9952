import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { DatasetConfiguration } from '../../shared/configuration.ts'
import { datasetLineage, type Lineage, taxonomyOrigin } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { ReviewTaxonomy } from '../../shared/taxonomy.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { hasReviewProject } from '../storage/review-projects.ts'
import { readySources, sourcesOf } from '../storage/sources.ts'

/** The files beside a dataset's manifest that say which sources, of which files, it was built from, and which review named its behaviours, where one did. */
const sourcesName = 'sources.json'
const taxonomyName = 'taxonomy.json'

/**
 * Writes down the sources of a build as they are now, and what the review says that its rules are of.
 * @returns the names of the files.
 */
export async function writeLineage(
  directory: string,
  database: ReadDatabase,
  configuration: DatasetConfiguration,
  taxonomy: ReviewTaxonomy | null,
): Promise<string[]> {
  const write = (name: string, content: unknown) =>
    writeFile(join(directory, name), `${JSON.stringify(content, null, 2)}\n`)
  await write(sourcesName, datasetLineage.parse(sourcesOf(database, configuration)))
  if (taxonomy === null) return [sourcesName]
  await write(taxonomyName, taxonomyOrigin.parse({ ...taxonomy, readAt: new Date().toISOString() }))
  return [sourcesName, taxonomyName]
}

/** Where the events of a dataset and its names come from, and whether the workspace still has it. @throws WorkbenchError `corrupt` */
export function readLineage(database: ReadDatabase, directory: string, configuration: DatasetConfiguration): Lineage {
  const file = join(directory, sourcesName)
  const recorded = existsSync(file)
  const sources = recorded
    ? parse(
        file,
        datasetLineage,
        phrase`Only where the events come from is lost. Remove the file, and the sources of now are shown.`,
      )
    : datasetLineage.parse(knownSources(database, configuration))
  const now = new Map(readySources(database).map((source) => [fingerprint(source), source.id]))
  return {
    recorded,
    sources: sources.map((source) => ({ ...source, now: now.get(fingerprint(source)) ?? null })),
    taxonomy: readTaxonomyOrigin(database, directory),
  }
}

function readTaxonomyOrigin(database: ReadDatabase, directory: string): Lineage['taxonomy'] {
  const file = join(directory, taxonomyName)
  if (!existsSync(file)) return null
  const origin = parse(
    file,
    taxonomyOrigin,
    phrase`Only which review the rules are of is lost. Remove the file; the rules are the dataset's own.`,
  )
  return { ...origin, now: hasReviewProject(database, origin.review) }
}

/** Of a dataset that recorded none: its sources by name, as far as the workspace has them. */
function knownSources(database: ReadDatabase, { sources }: DatasetConfiguration) {
  const all = readySources(database)
  return sources.length === 0
    ? all
    : all.filter(({ id, name }) => sources.some((one) => one === name || one === `${id}`))
}

function parse<Content>(file: string, schema: z.ZodType<Content>, hint: Phrase): Content {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new WorkbenchError('corrupt', phrase`${file} does not say what it should.`, hint, { cause: error })
  }
}

/** Sources of the same files, or generated under the same name, are the same. */
function fingerprint({ name, files }: { name: string; files: readonly { sha256: string }[] }): string {
  return files.length === 0 ? name : files.map(({ sha256 }) => sha256).join(' ')
}
