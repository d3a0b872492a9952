import { h, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ErrorDocument } from '../../../shared/errors.ts'
import { api } from '../../api.ts'
import { useConfirmation } from '../../composables/confirmation.ts'
import { errorOf } from '../../connection.ts'
import { useJobs } from '../../stores/jobs.ts'

/** Removing runs: asks first and says what will be lost. */
export function useRunRemoval(onRemoved: () => void) {
  const { t } = useI18n()
  const confirm = useConfirmation()
  const jobs = useJobs()
  const removing = ref(false)
  const error = shallowRef<ErrorDocument>()

  function askAndRemove(runs: readonly { id: string; name: string }[]): void {
    confirm({
      title: t('runs.remove.title', runs.length),
      content: () =>
        h('div', [
          h(
            'ul',
            { style: 'overflow-wrap: anywhere; max-height: 9em; overflow: auto; padding-left: 18px' },
            runs.map(({ id, name }) => h('li', { key: id, dir: 'auto' }, name)),
          ),
          h('p', t('runs.remove.lost')),
          h('p', t('runs.remove.kept')),
        ]),
      positiveText: t('runs.remove.confirm', runs.length),
      negativeText: t('common.cancel'),
      onPositiveClick: () => {
        void remove(runs.map(({ name }) => name))
      },
    })
  }

  /** By their names, of which no two are alike: the jobs are called by them. */
  async function remove(names: readonly string[]): Promise<void> {
    removing.value = true
    error.value = undefined
    try {
      for (const run of names) await jobs.resultOf(api.runs.remove({ run }))
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
    removing.value = false
    onRemoved()
  }

  return { askAndRemove, removing, error }
}
