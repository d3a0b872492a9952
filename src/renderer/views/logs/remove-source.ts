import { h, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ErrorDocument } from '../../../shared/errors.ts'
import type { ListedSource } from '../../../shared/logs.ts'
import { api } from '../../api.ts'
import { useConfirmation } from '../../composables/confirmation.ts'
import { useFormat } from '../../composables/format.ts'
import { errorOf } from '../../connection.ts'
import { useJobs } from '../../stores/jobs.ts'

/** How many runs were trained on datasets that hold events of a source. */
async function countRuns({ id }: ListedSource): Promise<number> {
  const trained = (await api.datasets.list({})).filter(({ runs }) => runs > 0)
  const histories = await Promise.all(trained.map((dataset) => api.datasets.history({ dataset: dataset.id })))
  const holdIt = histories.filter(({ lineage }) => lineage.sources.some(({ now }) => now === id))
  return holdIt.reduce((sum, { runs }) => sum + runs.length, 0)
}

/** Removing a source: asks first and says what will be lost. `removing` is the source that is being removed now. */
export function useSourceRemoval(onRemoved: () => void) {
  const { t } = useI18n()
  const format = useFormat()
  const confirm = useConfirmation()
  const jobs = useJobs()
  const removing = shallowRef<number>()
  const error = shallowRef<ErrorDocument>()

  async function askAndRemove(source: ListedSource): Promise<void> {
    error.value = undefined
    try {
      ask(source, await countRuns(source))
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
  }

  /** @param runs how many were trained on its events. */
  function ask(source: ListedSource, runs: number): void {
    const lost = {
      events: format.counted(source.events, 'events'),
      users: format.counted(source.users, 'users'),
      rejected: format.counted(source.rejected, 'refusedRows'),
    }
    confirm({
      title: t('logs.remove.title'),
      content: () =>
        h('div', [
          h('p', { dir: 'auto', style: 'overflow-wrap: anywhere; max-height: 6em; overflow: auto' }, source.name),
          h('p', t('logs.remove.lost', lost)),
          h('p', t('logs.remove.kept')),
          runs === 0 ? null : h('p', t('logs.remove.predictions', { count: format.count(runs) }, runs)),
        ]),
      positiveText: t('logs.remove.confirm', { events: format.counted(source.events, 'events') }),
      negativeText: t('common.cancel'),
      onPositiveClick: () => {
        void remove(source)
      },
    })
  }

  async function remove(source: ListedSource): Promise<void> {
    removing.value = source.id
    error.value = undefined
    try {
      await jobs.resultOf(api.logs.removeSource({ source: source.name }))
      onRemoved()
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
    removing.value = undefined
  }

  return { askAndRemove, removing, error }
}
