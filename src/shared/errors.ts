import { type Phrase, phrase, render, verbatim } from './phrase.ts'

/**
 * Users' mistakes and the world's failures, typed. A broken invariant of our own is an assertion, never one of these.
 *
 * - `usage`      wrong option, argument or combination of them
 * - `input`      a file, row or value that the user gave is not usable
 * - `not-found`  a named source, dataset, run, user or file does not exist
 * - `conflict`   the request contradicts what is stored (duplicate import, name taken, run already finished)
 * - `locked`     another process holds the workspace or the run
 * - `storage`    the disk or database refuses (full, read-only, permission)
 * - `corrupt`    a stored file does not hold what it should (truncated, flipped bytes, wrong version)
 * - `device`     a compute device is missing or does not work
 * - `diverged`   training left the finite numbers
 * - `cancelled`  the user stopped it
 * - `crashed`    the process that did the work ended without an answer
 */
export const errorCodes = [
  'usage',
  'input',
  'not-found',
  'conflict',
  'locked',
  'storage',
  'corrupt',
  'device',
  'diverged',
  'cancelled',
  'crashed',
] as const
export type ErrorCode = (typeof errorCodes)[number]

export interface ErrorDocument {
  code: ErrorCode | 'internal'
  /** What happened and to which input: names the file, line, field or option. */
  message: Phrase
  /** What to do about it. */
  hint?: Phrase
}

/** `message` and `hint` are the English texts, for the terminal, logs and tests; a document carries the phrases. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly #message: Phrase
  readonly #hint: Phrase | undefined

  constructor(code: ErrorCode, message: Phrase, hint?: Phrase, options?: ErrorOptions) {
    super(render(message), options)
    this.code = code
    this.hint = hint && render(hint)
    this.#message = message
    this.#hint = hint
  }

  toDocument(): ErrorDocument {
    return { code: this.code, message: this.#message, ...(this.#hint === undefined ? {} : { hint: this.#hint }) }
  }
}

/** The document of any thrown value; one that is not a WorkbenchError is a defect of ours and says so. */
export function toErrorDocument(error: unknown): ErrorDocument {
  if (error instanceof WorkbenchError) return error.toDocument()
  if (error instanceof Error) return { code: 'internal', message: verbatim(error.stack ?? error.message) }
  return { code: 'internal', message: verbatim(String(error)) }
}

/** Throws `cancelled` once the signal is aborted: called between units of work. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new WorkbenchError('cancelled', phrase`Cancelled.`)
}
