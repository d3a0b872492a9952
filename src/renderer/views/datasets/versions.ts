import type { ListedDataset } from '../../../shared/datasets.ts'

/** A name that ends in a number is a version: `phones 2` and `phones-v2` are versions 2 of `phones`. */
export function versionOf(name: string): { base: string; version: number } {
  const match = /^(.+?)[ _-]v?(\d{1,4})$/.exec(name)
  return match === null ? { base: name, version: 1 } : { base: match[1]!, version: Number(match[2]) }
}

/** The first name that is not taken: the wanted one, or its next version. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const { base, version } = versionOf(wanted)
  let name = wanted
  for (let next = version + 1; taken.has(name); next++) name = `${base}-${next}`
  return name
}

export interface VersionedDataset extends ListedDataset {
  base: string
  version: number
  /** Datasets with the same base name. */
  versions: number
}

/** Versions of one name stand together, the newest first; names in the order of their newest version. */
export function groupVersions(datasets: readonly ListedDataset[]): VersionedDataset[] {
  const newestFirst = [...datasets].reverse()
  const groups = Map.groupBy(newestFirst, ({ names }) => versionOf(names[0]!).base)
  return [...groups].flatMap(([base, members]) =>
    members.map((dataset) => ({
      ...dataset,
      base,
      version: versionOf(dataset.names[0]!).version,
      versions: members.length,
    })),
  )
}
