import { availableParallelism } from 'node:os'
import { settings as contract } from '../../shared/contract/settings.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import { changeSettings, readSettings } from '../storage/settings.ts'
import { defaultThreads } from '../training/threads.ts'
import { procedure } from './procedure.ts'

export const get = procedure(contract.get, (host) => ({
  settings: host.read(({ database }) => readSettings(database)),
  processors: availableParallelism(),
  automaticThreads: defaultThreads(),
}))

export const set = procedure(contract.set, (host, change) => {
  const processors = availableParallelism()
  if (change.threads != null && change.threads > processors) {
    throw new WorkbenchError(
      'usage',
      processors === 1
        ? phrase`threads: this machine has 1 processor, fewer than ${change.threads}.`
        : phrase`threads: this machine has ${processors} processors, fewer than ${change.threads}.`,
      phrase`Choose 1 to ${processors}.`,
    )
  }
  return host.write(({ database }) => changeSettings(database, change))
})
