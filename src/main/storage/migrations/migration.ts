/** One step of the schema: applied once, in a transaction of its own. */
export interface Migration {
  /** 1 for the first; as in the file's name. */
  number: number
  /** As in the file's name: `logs` for `0001-logs.ts`. */
  name: string
  sql: string
}
