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

/** What the address says besides the page: kept there, so that a link shows the same. */
export function useQuery() {
  const route = useRoute()
  const router = useRouter()

  function text(key: string): string | undefined {
    const value = [route.query[key]].flat()[0]
    return value ? value : undefined
  }

  /** Replaces keys; undefined ones go. */
  function set(change: Record<string, string | undefined>): void {
    const query: LocationQuery = { ...route.query }
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined) delete query[key]
      else query[key] = value
    }
    void router.replace({ query })
  }

  /** Which targets, checkpoint and group rule the address names; undefined where it does not. */
  const split = computed(() => one<Split>(splits, text('split')))
  const checkpoint = computed(() => one<Checkpoint>(checkpoints, text('checkpoint')))
  const rule = computed(() => one<GroupRule>(groupRules, text('rule')))
  return { text, set, split, checkpoint, rule }
}
