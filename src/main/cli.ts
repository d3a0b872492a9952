/** Command-line host: behavegpt COMMAND [OPTIONS]. */

import { type Command, CommanderError } from 'commander'
import { type ErrorDocument, toErrorDocument, WorkbenchError } from '../shared/errors.ts'
import { render, toEnglishJson, verbatim } from '../shared/phrase.ts'
import type { JobContext } from '../shared/progress.ts'
import { commands } from './cli/commands/index.ts'
import { createProgram, type Request } from './cli/program.ts'
import { ProgressLine } from './cli/progress-line.ts'
import { usageError } from './cli/usage.ts'
import { killJobs } from './jobs/host.ts'
import { programVersion } from './launch/program.ts'
import { createWorkbench } from './workbench.ts'

const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const

/** Two interrupts within this time are one: a terminal sends it to every process, and a parent passes it on as well. */
const sameInterruptMilliseconds = 500

const progress = new ProgressLine()
const controller = new AbortController()

const context: JobContext = {
  report: (report) => progress.report(report),
  warn: (message) => progress.say(`note: ${render(message)}`),
  signal: controller.signal,
}

let interruptedAt: number | undefined
function interrupt(): void {
  const now = performance.now()
  if (interruptedAt === undefined) {
    interruptedAt = now
    progress.say('Stopping cleanly; what does not answer is ended after a while. Interrupt once more to stop at once.')
    controller.abort('cancel')
  } else if (now - interruptedAt > sameInterruptMilliseconds) {
    killJobs()
    process.exit(exitCodes.cancelled)
  }
}

async function answer({ specification, workspace, json, input }: Request): Promise<void> {
  const { document, text } = await specification.run(createWorkbench(workspace), input, context)
  progress.clear()
  process.stdout.write(json ? `${toEnglishJson(document)}\n` : `${text}\n`)
}

function fail(error: ErrorDocument, json: boolean): void {
  progress.clear()
  if (json) process.stdout.write(`${toEnglishJson({ error })}\n`)
  else {
    process.stderr.write(`error: ${render(error.message)}\n`)
    if (error.hint !== undefined) process.stderr.write(`hint: ${render(error.hint)}\n`)
  }
  if (error.code === 'usage') process.exitCode = exitCodes.usage
  else process.exitCode = error.code === 'cancelled' ? exitCodes.cancelled : exitCodes.failed
}

/** The document of whatever ended the command; undefined for help and version, which end it well. */
function documentOf(error: unknown, program: Command): ErrorDocument | undefined {
  if (!(error instanceof CommanderError)) return toErrorDocument(error)
  return error.exitCode === 0 ? undefined : usageError(error, program, process.argv.slice(2)).toDocument()
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const beforeDashes = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  const program = createProgram(commands, programVersion, answer)
  try {
    if (words.length === 0)
      throw new WorkbenchError('usage', verbatim('No command was given.'), verbatim(program.helpInformation()))
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    const document = documentOf(error, program)
    if (document !== undefined) fail(document, beforeDashes.includes('--json'))
  }
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException) => (code === 'ENOSPC' ? 'no space is left there' : message)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as `head`, or a terminal that was closed: nothing is left to be said there.
  const isClosed = ['EPIPE', 'EIO', 'ECONNRESET'].includes(error.code ?? '')
  if (!isClosed) process.stderr.write(`error: Standard output could not be written: ${reasonOf(error)}.\n`)
  process.exit(exitCodes.failed)
})
process.stderr.on('error', () => {})

await main()
