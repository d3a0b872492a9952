import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { launch } from '../launch/launch.ts'
import type { LaunchedProcess } from '../launch/processes.ts'
import { crash, toError } from './process-errors.ts'
import type { Answer, Question } from './questions.ts'

interface Waiting {
  readonly question: Question
  readonly signal: AbortSignal
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** What a process answers: functions of one input, by their names. */
type AnyMethods<Methods> = { readonly [Name in keyof Methods]: (input: never) => unknown }
/** What a method is asked with; anything where it takes nothing. */
export type MethodInput<Methods extends AnyMethods<Methods>, Name extends keyof Methods> =
  Parameters<Methods[Name]> extends [infer Input] ? Input : unknown
export type MethodAnswer<Methods extends AnyMethods<Methods>, Name extends keyof Methods> = Awaited<
  ReturnType<Methods[Name]>
>

export interface ResidentOptions {
  /** Main module: it answers questions (see `answerQuestions`). */
  readonly module: string
  readonly parameters: readonly string[]
  /** What the process does, for messages: `the predictions of run "ce"`. */
  readonly work: Phrase
  /** The process ends when nobody has asked anything for so long. */
  readonly idleMilliseconds: number
}

/**
 * A process that stays between questions, because what it holds takes long to load. It is started by the first question and again by the next one after it ended,
 * by idleness or by a crash. Questions are answered one after the other; one whose asker has left is not asked at all.
 */
export class ResidentProcess<Methods extends AnyMethods<Methods>> {
  readonly #options: ResidentOptions
  readonly #waiting: Waiting[] = []
  #asked: Waiting | undefined
  #process: LaunchedProcess | undefined
  #idle: NodeJS.Timeout | undefined
  #closed = false
  #number = 0

  constructor(options: ResidentOptions) {
    this.#options = options
  }

  /** Process id of the running process; undefined while there is none. */
  get processId(): number | undefined {
    return this.#process?.processId
  }

  /** How many questions are not answered yet. */
  get questions(): number {
    return this.#waiting.length + (this.#asked === undefined ? 0 : 1)
  }

  /** @throws what the process answers; WorkbenchError `crashed` when it ends without an answer, `cancelled` when the signal aborts before that. */
  async ask<Name extends keyof Methods & string>(
    method: Name,
    input: MethodInput<Methods, Name>,
    signal: AbortSignal,
  ): Promise<MethodAnswer<Methods, Name>> {
    throwIfCancelled(signal)
    const result = await new Promise((resolve, reject) => {
      this.#waiting.push({ question: { id: ++this.#number, method, input }, signal, resolve, reject })
      this.#askNext()
    })
    return result as MethodAnswer<Methods, Name>
  }

  /** Ends the process; what was asked and not answered is cancelled. */
  close(): void {
    this.#closed = true
    this.#end()
    const given = this.#asked === undefined ? this.#waiting : [this.#asked, ...this.#waiting]
    this.#asked = undefined
    for (const { reject } of given) reject(new WorkbenchError('cancelled', phrase`${this.#options.work}: closed.`))
    this.#waiting.length = 0
  }

  #askNext(): void {
    clearTimeout(this.#idle)
    if (this.#asked !== undefined || this.#closed) return
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#idle = setTimeout(() => this.#end(), this.#options.idleMilliseconds).unref()
      return
    }
    if (next.signal.aborted) {
      next.reject(new WorkbenchError('cancelled', phrase`The answer is not wanted any more.`))
      this.#askNext()
      return
    }
    this.#asked = next
    this.#process ??= this.#start()
    this.#process.send(next.question)
  }

  #start(): LaunchedProcess {
    const { module, parameters, work } = this.#options
    const started: LaunchedProcess = launch(module, parameters, {
      priority: 'answer',
      onMessage: (message) => {
        if (this.#process === started) this.#take(message as Answer)
      },
      onEnded: (end) => {
        if (this.#process !== started) return
        this.#process = undefined
        const asked = this.#asked
        this.#asked = undefined
        asked?.reject(crash(work, started.processId, end))
        this.#askNext()
      },
    })
    return started
  }

  #take(answer: Answer): void {
    const asked = this.#asked
    if (asked?.question.id !== answer.id) return
    this.#asked = undefined
    if (answer.error === undefined) asked.resolve(answer.result)
    else asked.reject(toError(answer.error))
    this.#askNext()
  }

  #end(): void {
    clearTimeout(this.#idle)
    const ending = this.#process
    this.#process = undefined
    ending?.kill()
  }
}
