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

/** Where the workbench keeps what it received or made until it is imported: in a folder of its own in `temporary`. */
const ownFile = /^.*[\\/]temporary[\\/](uploads[\\/][^\\/]+|simulated-[^\\/]+)[\\/]([^\\/]+)$/

/** Where a file came from: by its path, or that it was uploaded or generated; then a person knows it by its name alone, and the path leads nowhere afterwards. */
export function originOf(file: string): { kind: 'file' | 'upload' | 'generated'; name: string } {
  const [, folder, name] = ownFile.exec(file) ?? []
  if (folder === undefined || name === undefined) return { kind: 'file', name: file }
  return { kind: folder.startsWith('uploads') ? 'upload' : 'generated', name }
}
