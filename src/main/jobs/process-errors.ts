import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type Phrase, phrase, render } from '../../shared/phrase.ts'
import type { ProcessEnd } from '../launch/processes.ts'

/** The end of what a process wrote to standard error is quoted when it crashes. */
const quotedCharacters = 2_000

/** The thrown value again of a document that crossed the process boundary. */
export function toError(document: ErrorDocument): Error {
  if (document.code !== 'internal') return new WorkbenchError(document.code, document.message, document.hint)
  const message = render(document.message)
  const error = new Error(message.split('\n', 1)[0])
  error.stack = message
  return error
}

/** The error of a process that ended without an answer; `work` says what it did, such as `the job train`. */
export function crash(work: Phrase, processId: number | undefined, end: ProcessEnd): WorkbenchError {
  if (end.failure !== undefined)
    return new WorkbenchError('crashed', phrase`The process of ${work} could not be started: ${end.failure}`)
  const how = end.signal === null ? phrase`exit code ${String(end.code)}` : phrase`signal ${end.signal}`
  const words = end.errorOutput.trim().slice(-quotedCharacters)
  const quoted = words === '' ? '' : phrase`\nIts last words: ${words}`
  return new WorkbenchError(
    'crashed',
    phrase`The process of ${work} (${String(processId)}) ended without an answer: ${how}.${quoted}`,
    hints[end.signal ?? ''] ??
      phrase`What was finished is kept; the list of jobs${atTerminal('behavegpt jobs')} shows the job, and the doctor${atTerminal('behavegpt doctor')} tests the devices.`,
  )
}

const hints: Record<string, Phrase> = {
  SIGKILL: phrase`Something outside ended it, most often the system for lack of memory: try a smaller batch, length or preset. What was finished is kept.`,
  SIGSEGV: phrase`Native code crashed. The doctor${atTerminal('behavegpt doctor')} tests each device; the device cpu${atTerminal('--device cpu')} avoids the others.`,
  SIGABRT: phrase`Native code gave up. The doctor${atTerminal('behavegpt doctor')} tests each device; the device cpu${atTerminal('--device cpu')} avoids the others.`,
}
