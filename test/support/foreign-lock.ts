import { openWorkspace } from '../../src/main/storage/workspace.ts'

/** Leaves a lock in a workspace, which is made, as a process of another container does that was killed together with it. */
export function leaveForeignLock(directory: string, name: string): void {
  using workspace = openWorkspace(directory, { mode: 'write', create: true })
  workspace.database
    .change('INSERT INTO locks (name, pid, process_started, token, purpose, acquired_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(name, 7, '00000000/1|1|gpu-container', 'a token', 'serving the web workbench', '2025-01-01T00:00:00.000Z')
}

/** What a person does who follows the hint of a refusal: gives the file and the statement that it names to SQLite. */
export function commandIn(hint: string): { file: string; statement: string } {
  const [, file, statement] = /sqlite3 "([^"]+)" "([^"]+)"/.exec(hint) ?? []
  return { file, statement }
}
