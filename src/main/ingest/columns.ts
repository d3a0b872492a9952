import type { ImportOptions } from '../../shared/configuration.ts'
import type { FileColumns } from '../../shared/logs.ts'
import { inspectFile } from './input-file.ts'
import { inspectLayout } from './layout.ts'
import { guessMapping, guessTimeFormat } from './mapping.ts'

const shownExamples = 3
const longestExample = 200

/**
 * What the first of some files holds at first sight; also when nobody can guess which column is which. All of them must have the same columns
 * in the end, which an import checks.
 * @throws WorkbenchError as `inspectFile` and `inspectLayout` do.
 */
export async function inspectColumns({ files, format }: Pick<ImportOptions, 'files' | 'format'>): Promise<FileColumns> {
  const layout = await inspectLayout(await inspectFile(files[0]), format)
  const { columns, values } = layout.sample
  const mapping = guessMapping({}, layout.sample)
  return {
    format: layout.format,
    columns: columns.map((name) => ({
      name,
      examples: [...new Set(values.get(name) ?? [])]
        .filter((value) => value.trim() !== '')
        .slice(0, shownExamples)
        .map((value) => value.slice(0, longestExample)),
    })),
    mapping,
    timeFormat: (mapping.time && guessTimeFormat(values.get(mapping.time) ?? [])) || null,
  }
}
