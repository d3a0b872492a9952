import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built command line. */
export const commandLine = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

const compileCache = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url))

export interface CliResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** The one document on standard output; throws when it is not exactly one. */
  document(): unknown
}

/** A command line in a temporary folder, with the workspace `workspace` in it. */
export class CliFolder implements Disposable {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'behavegpt-cli-'))

  get workspace(): string {
    return path.join(this.directory, 'workspace')
  }

  /** Starts the real command line as a process of its own; its result comes when it has left. */
  start(
    words: readonly string[],
    { input = '' }: { input?: string } = {},
  ): { process: ChildProcess; ended: Promise<CliResult> } {
    const { BEHAVEGPT_WORKSPACE: _, ...environment } = process.env
    const child = spawn(process.execPath, [commandLine, ...words], {
      cwd: this.directory,
      env: { NODE_COMPILE_CACHE: compileCache, ...environment },
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    const ended = new Promise<CliResult>((resolve) => {
      child.on('close', (code, signal) =>
        resolve({ code, signal, stdout, stderr, document: () => parseOne(stdout, stderr) }),
      )
    })
    return { process: child, ended }
  }

  run(words: readonly string[], options: { input?: string } = {}): Promise<CliResult> {
    return this.start(words, options).ended
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function parseOne(stdout: string, stderr: string): unknown {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '')
    throw new Error(`expected one line with one document:\n${stdout}\n${stderr}`)
  return JSON.parse(lines[0])
}
