import type { ServerResponse } from 'node:http'
import { toErrorDocument, WorkbenchError } from '../../shared/errors.ts'
import { render } from '../../shared/phrase.ts'

const statuses: Partial<Record<string, number>> = { usage: 400, input: 400, 'not-found': 404, storage: 507 }

/** Answers with a line for whoever reads it; what the request still has to say is not waited for. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`${message}\n`)
}

/** Answers with the document of an error, as procedures do. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const document = toErrorDocument(error)
  if (!(error instanceof WorkbenchError)) process.stderr.write(`defect: ${render(document.message)}\n`)
  answerJson(response, statuses[document.code] ?? 500, document)
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(value))
}
