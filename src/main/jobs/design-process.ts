import type { TrainConfigurationInput } from '../../shared/configuration.ts'
import { phrase } from '../../shared/phrase.ts'
import type { TrainingSizes } from '../../shared/runs.ts'
import { processModule } from '../launch/program.ts'
import { ResidentProcess } from './resident.ts'

/** What the process answers while somebody designs a training. */
export interface DesignMethods {
  /** As of `estimateSizes`. */
  sizes(configuration: TrainConfigurationInput): Promise<TrainingSizes>
}

/** What a training would need, asked anew with every option that a person changes: a process for each question would take longer to start than to answer. See `ResidentProcess`. */
export class DesignProcess {
  readonly #process: ResidentProcess

  /** @param directory the workspace. */
  constructor(directory: string) {
    this.#process = new ResidentProcess({
      module: processModule('jobs/design-child'),
      parameters: [directory],
      work: phrase`estimating a training`,
      idleMilliseconds: 60_000,
    })
  }

  /** Errors as of `estimateSizes` and `ResidentProcess.ask`. */
  async sizes(configuration: TrainConfigurationInput, signal: AbortSignal): Promise<TrainingSizes> {
    return (await this.#process.ask('sizes', configuration, signal)) as TrainingSizes
  }

  close(): void {
    this.#process.close()
  }
}
