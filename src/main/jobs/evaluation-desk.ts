import { phrase } from '../../shared/phrase.ts'
import type { EvaluationDesk } from '../evaluation/desk.ts'
import { processModule } from '../launch/program.ts'
import { ResidentProcess } from './resident.ts'

/** What the process of stored evaluations answers. */
export type EvaluationMethods = Omit<EvaluationDesk, 'close'>
export type EvaluationMethod = keyof EvaluationMethods
export type EvaluationInput<Method extends EvaluationMethod> = Parameters<EvaluationMethods[Method]>[0]
export type EvaluationAnswer<Method extends EvaluationMethod> = Awaited<ReturnType<EvaluationMethods[Method]>>

/** Started by the first question, ended when nobody asks; see `ResidentProcess`. */
export class EvaluationProcess {
  readonly #process: ResidentProcess

  /** @param directory the workspace. */
  constructor(directory: string) {
    this.#process = new ResidentProcess({
      module: processModule('jobs/evaluation-child'),
      parameters: [directory],
      work: phrase`reading stored evaluations`,
      idleMilliseconds: 5 * 60_000,
    })
  }

  /** Errors as of `EvaluationDesk` and `ResidentProcess.ask`. */
  async ask<Method extends EvaluationMethod>(
    method: Method,
    input: EvaluationInput<Method>,
    signal: AbortSignal,
  ): Promise<EvaluationAnswer<Method>> {
    return (await this.#process.ask(method, input, signal)) as EvaluationAnswer<Method>
  }

  close(): void {
    this.#process.close()
  }
}
