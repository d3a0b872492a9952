import { type ErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import type { ProcessEnd } from '../launch/processes.ts'

/** The end of what a process wrote to standard error is quoted when it crashes. */
const quotedCharacters = 2_000

/** The thrown value again of a document that crossed the process boundary. */
export function toError(document: ErrorDocument): Error {
  if (document.code !== 'internal') return new WorkbenchError(document.code, document.message, document.hint)
  const error = new Error(document.message.split('\n', 1)[0])
  error.stack = document.message
  return error
}

/** The error of a process that ended without an answer; `work` says what it did, such as `the job train`. */
export function crash(work: string, processId: number | undefined, end: ProcessEnd): WorkbenchError {
  if (end.failure !== undefined)
    return new WorkbenchError('crashed', `The process of ${work} could not be started: ${end.failure}`)
  const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`
  const words = end.errorOutput.trim().slice(-quotedCharacters)
  const quoted = words === '' ? '' : `\nIts last words: ${words}`
  return new WorkbenchError(
    'crashed',
    `The process of ${work} (${processId}) ended without an answer: ${how}.${quoted}`,
    hints[end.signal ?? ''] ??
      'What was finished is kept; `behavegpt jobs` shows the job, and `behavegpt doctor` tests the devices.',
  )
}

const hints: Record<string, string> = {
  SIGKILL:
    'Something outside ended it, most often the system for lack of memory: try a smaller batch, length or preset. What was finished is kept.',
  SIGSEGV: 'Native code crashed. `behavegpt doctor` tests each device; `--device cpu` avoids the others.',
  SIGABRT: 'Native code gave up. `behavegpt doctor` tests each device; `--device cpu` avoids the others.',
}
