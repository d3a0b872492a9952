import { h, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ErrorDocument } from '../../../shared/errors.ts'
import { api } from '../../api.ts'
import { useConfirmation } from '../../composables/confirmation.ts'
import { useFormat } from '../../composables/format.ts'
import { errorOf } from '../../connection.ts'
import { useJobs } from '../../stores/jobs.ts'

/** Removing a dataset: asks first and says what goes with it. `removing` is the id of the one that is being removed now. */
export function useDatasetRemoval(onRemoved: () => void) {
  const { t } = useI18n()
  const format = useFormat()
  const confirm = useConfirmation()
  const jobs = useJobs()
  const removing = shallowRef<string>()
  const error = shallowRef<ErrorDocument>()

  async function askAndRemove(id: string): Promise<void> {
    error.value = undefined
    try {
      const { names, bytes, runs, lineage } = await api.datasets.history({ dataset: id })
      const gone = lineage.sources.filter(({ now }) => now === null).map(({ name }) => name)
      ask(id, { names, bytes, runs: runs.map(({ name }) => name), gone })
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
  }

  /** @param lost.gone sources of the dataset that were removed since: without them nothing builds it again. */
  function ask(id: string, lost: { names: string[]; bytes: number; runs: string[]; gone: string[] }): void {
    const { names, bytes, runs, gone } = lost
    const count = runs.length
    const style = 'overflow-wrap: anywhere; max-height: 8em; overflow: auto'
    confirm({
      title: t('datasets.remove.title'),
      content: () =>
        h('div', [
          h('p', { dir: 'auto', style }, names.join(', ')),
          h('p', t('datasets.remove.files', { size: format.bytes(bytes) })),
          gone.length === 0
            ? h('p', t('datasets.remove.again'))
            : h('p', { dir: 'auto', style }, t('datasets.remove.gone', { sources: gone.join(', ') }, gone.length)),
          count === 0 ? null : h('p', t('datasets.remove.runs', { count }, count)),
          count === 0
            ? null
            : h(
                'ul',
                { style },
                runs.map((name) => h('li', { dir: 'auto' }, name)),
              ),
        ]),
      positiveText: count === 0 ? t('datasets.remove.confirm') : t('datasets.remove.confirmRuns', { count }, count),
      negativeText: t('common.cancel'),
      onPositiveClick: () => {
        void remove(id, count > 0)
      },
    })
  }

  async function remove(dataset: string, withRuns: boolean): Promise<void> {
    removing.value = dataset
    try {
      await jobs.resultOf(api.datasets.remove({ dataset, withRuns }))
      onRemoved()
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
    removing.value = undefined
  }

  return { askAndRemove, removing, error }
}
