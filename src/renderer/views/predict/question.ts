import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { RunRecord } from '../../../shared/runs.ts'

/** Where the sequence comes from. */
export const origins = ['user', 'hand'] as const
export type Origin = (typeof origins)[number]

export const topChoices = [5, 10, 20, 50, 100]

/** What the page asks, kept in the address so that a link leads to the same question. */
export function useQuestion() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  /** Changes are made to what the address will be, so that two at once do not undo each other. */
  let next: Record<string, string | undefined> = {}
  function change(changes: Record<string, string | undefined>): void {
    const isFirst = Object.keys(next).length === 0
    next = { ...next, ...changes }
    if (!isFirst) return
    queueMicrotask(() => {
      const query = { ...route.query, ...next }
      next = {}
      void router.replace({ query })
    })
  }
  const field = (name: string) =>
    computed({ get: () => text(name), set: (value: string | undefined) => change({ [name]: value || undefined }) })

  const top = computed({
    get: () => topChoices.find((choice) => String(choice) === text('top')) ?? 10,
    set: (value: number) => change({ top: value === 10 ? undefined : String(value) }),
  })
  const checkpoint = computed({
    get: () => (text('checkpoint') === 'last' ? ('last' as const) : ('best' as const)),
    set: (value: 'best' | 'last') => change({ checkpoint: value === 'best' ? undefined : value }),
  })
  const origin = computed<Origin>({
    get: () => (text('from') === 'hand' ? 'hand' : 'user'),
    set: (value) => change({ from: value === 'user' ? undefined : value }),
  })
  const run = field('run')
  /** Asks the newest run that is done until a person asks another. */
  function suggest(newestFirst: readonly RunRecord[]): void {
    const latest = newestFirst.find(({ status }) => status === 'done') ?? newestFirst[0]
    if (run.value === undefined && latest !== undefined) run.value = latest.id
  }
  return {
    run,
    suggest,
    user: field('user'),
    targetTime: field('time'),
    layer: field('layer'),
    /** The sequence composed by hand (see `toAddress`). */
    composed: field('events'),
    checkpoint,
    origin,
    top,
  }
}

export type Question = ReturnType<typeof useQuestion>
