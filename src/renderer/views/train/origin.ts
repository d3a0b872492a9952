import { useRoute } from 'vue-router'
import { type RunConfiguration, type TrainConfiguration, trainConfiguration } from '../../../shared/configuration.ts'
import { phrase } from '../../../shared/phrase.ts'
import { api } from '../../api.ts'
import { useRequest } from '../../composables/request.ts'
import { explained } from '../../connection.ts'

/** Where the settings of a form come from: a run, or a training that did not start. */
export interface Origin {
  /** The address names it by this. */
  id: string
  configuration: RunConfiguration | TrainConfiguration
  /** Id or name of the dataset. */
  dataset: string
  /** What else was asked for, where nothing has come of it: a run keeps its name. */
  asked?: { name?: string; evaluate: boolean }
}

/** What the address says that a form begins with: `from` a run, or with what a `job` was asked for. */
export function useOrigin() {
  const route = useRoute()
  return useRequest(
    () => {
      const { from, job } = route.query
      if (typeof from === 'string') return { kind: 'run', id: from }
      return typeof job === 'string' ? { kind: 'job', id: job } : undefined
    },
    ({ kind, id }, options) => (kind === 'run' ? originOfRun(id, options) : originOfJob(id, options)),
  )
}

interface Options {
  signal: AbortSignal
}

async function originOfRun(run: string, options: Options): Promise<Origin> {
  const { id, configuration, dataset } = await api.runs.describe({ run }, options)
  return { id, configuration, dataset: dataset.id }
}

async function originOfJob(id: string, options: Options): Promise<Origin> {
  const job = await api.jobs.show({ id: Number(id) }, options)
  const { evaluate, ...settings } = job.input as { evaluate?: boolean }
  const { success, data: configuration } = trainConfiguration.safeParse(settings)
  // Also one that takes up a run: it has none of its own.
  if (!success) throw explained({ code: 'usage', message: phrase`Job ${id} holds no settings of a training.` })
  const { dataset, name } = configuration
  return {
    id: `job ${id}`,
    configuration,
    dataset,
    asked: { evaluate: evaluate === true, ...(name !== undefined && { name }) },
  }
}
