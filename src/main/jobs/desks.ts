import { phrase } from '../../shared/phrase.ts'
import type { InspectedRun } from '../../shared/prediction.ts'
import { processModule } from '../launch/program.ts'
import type { PredictionDesk } from '../prediction/desk.ts'
import { type MethodAnswer, type MethodInput, ResidentProcess } from './resident.ts'

/** What a run's process answers. */
export type DeskMethods = Omit<PredictionDesk, 'dispose'>

/** Each holds a model in memory. */
const mostProcesses = 2
const idleMilliseconds = 5 * 60_000

/**
 * Processes that keep a run open for predictions, one for each run and checkpoint that was asked about lately. They are started by the first question and end when
 * nobody asks, when others are wanted more, or with the host; a crashed one is started again by the next question.
 */
export class PredictionDesks {
  readonly #directory: string
  /** The latest used last. */
  readonly #processes = new Map<string, ResidentProcess<DeskMethods>>()

  /** @param directory the workspace. */
  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * Asks the process of a run, by its id. Errors as of `PredictionDesk` and `ResidentProcess.ask`.
   */
  ask<Method extends keyof DeskMethods>(
    { run, checkpoint }: InspectedRun,
    method: Method,
    input: MethodInput<DeskMethods, Method>,
    signal: AbortSignal,
  ): Promise<MethodAnswer<DeskMethods, Method>> {
    const key = `${run} ${checkpoint}`
    const resident =
      this.#processes.get(key) ??
      new ResidentProcess<DeskMethods>({
        module: processModule('jobs/desk-child'),
        parameters: [this.#directory, run, checkpoint],
        work: phrase`the predictions of run ${run}`,
        idleMilliseconds,
      })
    this.#processes.delete(key)
    this.#processes.set(key, resident)
    this.#closeUnused()
    return resident.ask(method, input, signal)
  }

  /** Process ids of those that are running. */
  get processIds(): number[] {
    return [...this.#processes.values()].flatMap(({ processId }) => processId ?? [])
  }

  /** Ends all processes; the next question starts one again. */
  close(): void {
    for (const resident of this.#processes.values()) resident.close()
    this.#processes.clear()
  }

  #closeUnused(): void {
    for (const [key, resident] of this.#processes) {
      if (this.#processes.size <= mostProcesses) return
      if (resident.questions > 0) continue
      this.#processes.delete(key)
      resident.close()
    }
  }
}
