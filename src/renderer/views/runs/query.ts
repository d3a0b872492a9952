import { computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { evaluationOptions, type GroupRule, groupRules } from '../../../shared/configuration.ts'

export const splits = evaluationOptions.shape.split.unwrap().options
export const checkpoints = evaluationOptions.shape.checkpoint.unwrap().options
export type Split = (typeof splits)[number]
export type Checkpoint = (typeof checkpoints)[number]

/** So many runs a chart or a comparison can show. */
export const mostCompared = 8

const one = <Value extends string>(values: readonly Value[], given: string | undefined): Value | undefined =>
  values.find((value) => value === given)

/** Marks a step of the history that opened something over its page. */
const openedHere = 'openedHere'

/** What the address says besides the page: kept there, so that a link shows the same. */
export function useQuery() {
  const route = useRoute()
  const router = useRouter()

  function text(key: string): string | undefined {
    const value = [route.query[key]].flat()[0]
    return value ? value : undefined
  }

  const changed = (change: Record<string, string | undefined>): LocationQuery => {
    const query: LocationQuery = { ...route.query }
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined) delete query[key]
      else query[key] = value
    }
    return query
  }

  /** Replaces keys; undefined ones go. */
  const set = (change: Record<string, string | undefined>) => void router.replace({ query: changed(change) })

  /** Sets keys of what opens over the page, as a step of the history: Back closes it. */
  const open = (change: Record<string, string | undefined>) =>
    void router.push({ query: changed(change), state: { [openedHere]: true } })

  /** Takes away the keys of what was opened: the way Back, where it was opened on this page, so that no step is left that opens it again. */
  function close(keys: readonly string[]): void {
    if (history.state?.[openedHere] === true) router.back()
    else set(Object.fromEntries(keys.map((key) => [key, undefined])))
  }

  /** Which targets, checkpoint and group rule the address names; undefined where it does not. */
  const split = computed(() => one<Split>(splits, text('split')))
  const checkpoint = computed(() => one<Checkpoint>(checkpoints, text('checkpoint')))
  const rule = computed(() => one<GroupRule>(groupRules, text('rule')))
  return { text, set, open, close, split, checkpoint, rule }
}
