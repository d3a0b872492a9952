import { computed, reactive, shallowRef } from 'vue'
import {
  type LabelDraft,
  longestSequence,
  modelStrategies,
  mostCandidates,
  mostSequences,
  type QueueStrategy,
  type ReviewOptions,
  type ReviewOptionsInput,
} from '../../../shared/review.ts'
import { isInRange, type NumberRange } from '../../composables/number-range.ts'

/** A new review as a person fills it in; null for a number that is not given. */
export interface ReviewForm {
  name: string
  /** `dataset ID` or `source ID`. */
  from: string | null
  run: string | null
  strategy: QueueStrategy
  seed: number | null
  length: number | null
  count: number | null
  candidates: number | null
  reviewers: string[]
  labels: LabelDraft[]
}

export const numberRanges = {
  length: [2, longestSequence],
  count: [1, mostSequences],
  seed: [0, Number.MAX_SAFE_INTEGER],
  candidates: [1, mostCandidates],
} as const satisfies Partial<Record<keyof ReviewForm, NumberRange>>
export type NumberName = keyof typeof numberRanges

export function useReviewForm(labels: LabelDraft[]) {
  const form = reactive<ReviewForm>({
    name: '',
    from: null,
    run: null,
    strategy: 'random',
    seed: 1,
    length: 24,
    count: 100,
    candidates: 2000,
    reviewers: [],
    labels,
  })
  const copy = () => JSON.parse(JSON.stringify(form)) as ReviewForm
  /** The form as it comes about without anybody's work. */
  const kept = shallowRef(copy())
  const isChanged = computed(() => JSON.stringify(copy()) !== JSON.stringify(kept.value))
  const needsRun = computed(() => modelStrategies.includes(form.strategy))
  /** Those that a person gives. */
  const numbers = computed((): NumberName[] => [
    ...(['length', 'count', 'seed'] as const),
    ...(needsRun.value ? (['candidates'] as const) : []),
  ])

  /** Chooses what is reviewed until a person chooses something else. */
  function suggest(from: string, run: string | null): void {
    if (form.from !== null) return
    Object.assign(form, { from, run })
    kept.value = { ...kept.value, from, run }
  }

  /** Takes over what a review was asked for with. */
  function take({ dataset, source, run, checkpoint: _checkpoint, ...rest }: ReviewOptions): void {
    Object.assign(form, {
      ...rest,
      from: dataset === undefined ? `source ${source}` : `dataset ${dataset}`,
      run: run ?? null,
    })
  }

  /** The first thing that keeps the review from being created; undefined when nothing of these fields does. */
  const obstacle = computed((): 'name' | 'from' | 'run' | NumberName | undefined => {
    if (form.name.trim() === '') return 'name'
    if (form.from === null) return 'from'
    if (needsRun.value && form.run === null) return 'run'
    return numbers.value.find((name) => !isInRange(form[name], numberRanges[name]))
  })

  /** What the workbench is asked for; to be called when there is no obstacle. */
  function options(): ReviewOptionsInput {
    const { from, run, seed, length, count, candidates, ...rest } = copy()
    const [kind, id] = from!.split(' ') as ['dataset' | 'source', string]
    return {
      ...rest,
      [kind]: id,
      ...(run !== null && { run }),
      seed: seed!,
      length: length!,
      count: count!,
      ...(needsRun.value && { candidates: candidates! }),
    }
  }

  return { form, isChanged, numbers, obstacle, suggest, take, options }
}
