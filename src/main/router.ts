import { ORPCError, os } from '@orpc/server'
import { type ErrorDocument, toErrorDocument } from '../shared/errors.ts'
import { render } from '../shared/phrase.ts'
import type { JobContext } from '../shared/progress.ts'
import { procedures } from './procedures/index.ts'
import { type Host, type PathFields, type Procedure, pageOf, parseInput } from './procedures/procedure.ts'

/** What each call from a page is given. */
export interface Connection {
  readonly host: Host
}

const base = os.$context<Connection>()

/** The contract as oRPC serves it to a page, over whatever port: every input is validated, every path checked, every error has code, message and hint. */
export const router = Object.fromEntries(
  Object.entries(procedures).map(([area, members]) => [
    area,
    Object.fromEntries(
      Object.entries(members).map(([name, procedure]) => [name, expose(procedure as unknown as Procedure)]),
    ),
  ]),
)

function expose(procedure: Procedure) {
  return base.handler(async ({ context, input, signal }) => {
    try {
      const answer = await answerPage(procedure, context.host, input, signal)
      return isStream(answer) ? withDocuments(answer) : answer
    } catch (error) {
      throw toWireError(error)
    }
  })
}

/** What a page asked for: a job is started and not waited for. */
async function answerPage(procedure: Procedure, host: Host, input: unknown, signal?: AbortSignal): Promise<unknown> {
  const checked = checkPaths(procedure.paths, host, parseInput(procedure, input ?? {}))
  if (procedure.job !== undefined) return pageOf(host).jobs.start(procedure.job, checked as never)
  const context: JobContext = {
    report() {},
    // What a page must be told is part of the answer; this is for whoever started the host.
    warn: (message) => process.stderr.write(`note: ${render(message)}\n`),
    signal: signal ?? new AbortController().signal,
  }
  return await procedure.handler(host, checked, context)
}

/** The input with its paths made absolute, once it is certain that the page may name them. */
function checkPaths(fields: PathFields | undefined, host: Host, input: unknown): unknown {
  if (fields === undefined) return input
  const { files } = pageOf(host)
  const checked = { ...(input as Record<string, unknown>) }
  const change = (field: string, allow: (file: string) => string) => {
    const value = checked[field]
    if (typeof value === 'string') checked[field] = allow(value)
    else if (Array.isArray(value)) checked[field] = value.map(allow)
  }
  for (const field of fields.read ?? []) change(field, (file) => files.toRead(file))
  for (const field of fields.write ?? []) change(field, (file) => files.toWrite(file))
  return checked
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function* withDocuments(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* stream
  } catch (error) {
    throw toWireError(error)
  }
}

function toWireError(error: unknown): ORPCError<string, ErrorDocument> {
  const document = toErrorDocument(error)
  return new ORPCError(document.code, { message: render(document.message), data: document, defined: false })
}
