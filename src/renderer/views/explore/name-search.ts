import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import type { NamedCount } from '../../../shared/logs.ts'
import { api } from '../../api.ts'
import { errorOf, onReturn } from '../../connection.ts'

export interface NameQuestion {
  kind: 'users' | 'behaviours'
  text: string
  match: 'start' | 'anywhere'
  sources: string[]
}

/** Typing rests this long before the workbench is asked. */
const restMilliseconds = 150
const pageLength = 200

/** Names that match, page after page as they are wanted; a new question drops the answers to the old one. */
export function useNameSearch(question: () => NameQuestion) {
  const names = shallowRef<NamedCount[]>([])
  const error = shallowRef<ErrorDocument>()
  const searching = ref(false)
  const complete = ref(true)
  let next: string | null = null
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Asks on until there are new names, or no more. */
  async function load(): Promise<void> {
    const { signal } = controller
    searching.value = true
    try {
      const before = names.value.length
      while (!complete.value && names.value.length === before) {
        const page = await api.explore.searchNames({ ...question(), after: next, limit: pageLength }, { signal })
        if (signal.aborted) return
        names.value = [...names.value, ...page.names]
        next = page.next
        complete.value = next === null
      }
      error.value = undefined
    } catch (thrown) {
      if (signal.aborted) return
      error.value = errorOf(thrown)
      complete.value = true
    }
    searching.value = false
  }

  watch(
    question,
    ({ text }) => {
      clearTimeout(timer)
      controller.abort()
      controller = new AbortController()
      names.value = []
      next = null
      complete.value = text === ''
      searching.value = text !== ''
      if (text !== '') timer = setTimeout(load, restMilliseconds)
    },
    { immediate: true },
  )
  onReturn(() => {
    if (error.value === undefined) return
    complete.value = false
    void load()
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    controller.abort()
  })

  return {
    names,
    error,
    searching,
    complete,
    more: () => {
      if (!searching.value && !complete.value) void load()
    },
  }
}
