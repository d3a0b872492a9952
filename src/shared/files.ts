/** What a file is chosen for; decides which endings the dialog shows. */
export const filePurposes = ['log', 'taxonomy', 'sequence'] as const
export type FilePurpose = (typeof filePurposes)[number]

/** Endings of the files that a person may choose for each purpose. */
export const fileEndings: Readonly<Record<FilePurpose, readonly string[]>> = {
  log: ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'gz', 'zst'],
  taxonomy: ['csv', 'json', 'tsv', 'txt'],
  sequence: ['csv', 'tsv', 'json', 'jsonl'],
}

/** A file that a person chose, and that the workbench may therefore read. */
export interface ChosenFile {
  path: string
  name: string
  bytes: number
}

/** One entry of a folder that a person at the web host looks through. */
export interface FolderEntry {
  name: string
  path: string
  kind: 'file' | 'folder'
  /** Of a file. */
  bytes: number | null
}

/** A file that the workbench wrote for the person, in the workspace's folder `exports`. */
export interface ExportedFile {
  /** Bare name inside `exports`. */
  name: string
  bytes: number
}
