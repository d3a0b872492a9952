import { prediction as contract } from '../../shared/contract/prediction.ts'
import type { InspectedRun } from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { DeskMethods } from '../jobs/desks.ts'
import type { MethodAnswer, MethodInput } from '../jobs/resident.ts'
import { findRun } from '../storage/runs.ts'
import { firstBehaviours as listFirstBehaviours, scoredUsers } from '../storage/scored-users.ts'
import { findScoring } from '../storage/scores.ts'
import { type Host, jobProcedure, procedure } from './procedure.ts'

export const predict = procedure(contract.predict, (host, input, context) => host.run('predict', input, context), {
  read: ['input'],
})

export const score = jobProcedure(contract.score, 'score', { write: ['output'] })

export const exportModel = jobProcedure(contract.exportModel, 'export', { write: ['output'] })

export const describe = procedure(contract.describe, (host, input, context) => ask(host, 'describe', input, context))

export const names = procedure(contract.names, (host, input, context) => ask(host, 'names', input, context))

export const history = procedure(contract.history, (host, input, context) => ask(host, 'history', input, context))

export const surprise = procedure(contract.surprise, (host, input, context) => ask(host, 'surprise', input, context))

export const inspect = procedure(contract.inspect, (host, input, context) => ask(host, 'inspect', input, context))

export const readSequence = procedure(
  contract.readSequence,
  (host, input, context) => ask(host, 'readSequence', input, context),
  { read: ['input'] },
)

export const scoring = procedure(contract.scoring, (host, { run }) =>
  host.read(({ database }) => {
    const found = findScoring(database, findRun(database, run).id)
    if (found === undefined) return null
    const { checkpoint, top, targetTime, users, createdAt } = found
    return { checkpoint, top, targetTime, users, createdAt }
  }),
)

export const scores = procedure(contract.scores, (host, { run, ...filter }) =>
  host.read(({ database }) => {
    const found = findScoring(database, findRun(database, run).id)
    return found === undefined ? [] : scoredUsers(database, found.id, filter)
  }),
)

export const firstBehaviours = procedure(contract.firstBehaviours, (host, { run }) =>
  host.read(({ database }) => {
    const found = findScoring(database, findRun(database, run).id)
    return found === undefined ? [] : listFirstBehaviours(database, found.id)
  }),
)

/** Asks the process that keeps the run open. Throws WorkbenchError `not-found` for a run that is not, or no longer, there. */
function ask<Method extends keyof DeskMethods>(
  host: Host,
  method: Method,
  input: MethodInput<DeskMethods, Method> & InspectedRun,
  { signal }: JobContext,
): Promise<MethodAnswer<DeskMethods, Method>> {
  const { id } = host.read(({ database }) => findRun(database, input.run))
  return host.desks.ask({ run: id, checkpoint: input.checkpoint }, method, input, signal)
}
