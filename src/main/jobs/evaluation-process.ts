import { phrase } from '../../shared/phrase.ts'
import type { EvaluationDesk } from '../evaluation/desk.ts'
import { processModule } from '../launch/program.ts'
import { ResidentProcess } from './resident.ts'

/** What the process of stored evaluations answers. */
export type EvaluationMethods = Omit<EvaluationDesk, 'close'>

/** Keeps evaluations open that were asked about lately. */
export type EvaluationProcess = ResidentProcess<EvaluationMethods>

/** @param directory the workspace. */
export const evaluationProcess = (directory: string): EvaluationProcess =>
  new ResidentProcess({
    module: processModule('jobs/evaluation-child'),
    parameters: [directory],
    work: phrase`reading stored evaluations`,
    idleMilliseconds: 5 * 60_000,
  })
