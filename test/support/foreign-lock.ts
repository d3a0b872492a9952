import { openWorkspace } from '../../src/main/storage/workspace.ts'

/** Leaves a lock in a workspace, which is made, as a process of another container does that was killed together with it. */
export function leaveForeignLock(directory: string, name: string): void {
  using workspace = openWorkspace(directory, { mode: 'write', create: true })
  workspace.database
    .change('INSERT INTO locks (name, pid, process_started, token, purpose, acquired_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(name, 7, '00000000/1|1|gpu-container', 'a token', 'serving the web workbench', '2025-01-01T00:00:00.000Z')
}

/** The words of the command that the hint of a refusal names, as a shell gives them on. */
export function commandIn(hint: string): string[] {
  const [, words] = /: behavegpt (.+)/.exec(hint) ?? []
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
}
