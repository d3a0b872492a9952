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

/** Says what a training would need, asked anew with every option that a person changes: a process for each question would take longer to start than to answer. */
export type DesignProcess = ResidentProcess<DesignMethods>

/** @param directory the workspace. */
export const designProcess = (directory: string): DesignProcess =>
  new ResidentProcess({
    module: processModule('jobs/design-child'),
    parameters: [directory],
    work: phrase`estimating a training`,
    idleMilliseconds: 60_000,
  })
