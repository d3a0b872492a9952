import { strict as assert } from 'node:assert'
import { type ErrorDocument, toErrorDocument } from '../../shared/errors.ts'
import { parentProcess } from '../launch/parent.ts'

/** What a host asks a process that stays (see `ResidentProcess`), one question after the other. */
export interface Question {
  readonly id: number
  readonly method: string
  readonly input: unknown
}

/** The answer to the question of that number: a result, or the error. */
export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: ErrorDocument
}

/** Makes this process one that stays and answers its host's questions until the host is gone or ends it. */
export function answerQuestions(answers: Readonly<Record<string, (input: never) => Promise<unknown>>>): void {
  const host = parentProcess()
  assert(host !== undefined, 'this process answers the questions of a host')
  // An interrupt typed at a terminal reaches every process in the foreground; what it means is for the host to say.
  process.on('SIGINT', () => {})
  host.onGone(() => process.exit(0))
  host.onMessage(async (told) => {
    const { id, method, input } = told as Question
    let answer: Answer
    try {
      assert(Object.hasOwn(answers, method), `nobody answers ${method}`)
      answer = { id, result: await answers[method](input as never) }
    } catch (error) {
      answer = { id, error: toErrorDocument(error) }
    }
    void host.send(answer)
  })
}
