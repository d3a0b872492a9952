import { onScopeDispose, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import type { RunCurves } from '../../../shared/runs.ts'
import { api } from '../../api.ts'
import { errorOf, onReturn } from '../../connection.ts'

/** The trainer writes its history down every two seconds. */
const pollMilliseconds = 2_000

/**
 * A run's curves, which grow while it trains: only the last points are asked for again.
 * @param run id; undefined while there is none.
 * @param isLive whether it trains now. A run that is taken up again forgets what came after its checkpoint, so everything is asked for whenever this changes.
 */
export function useCurves(run: () => string | undefined, isLive: () => boolean) {
  const curves = shallowRef<RunCurves>()
  const error = shallowRef<ErrorDocument>()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Answers to earlier questions than this are dropped. */
  let question = 0

  async function load(since: number): Promise<void> {
    const id = run()
    const own = ++question
    if (id === undefined) return
    try {
      const answer = await api.runs.curves({ run: id, since })
      if (own !== question) return
      curves.value = since === 0 ? answer : appended(curves.value, answer)
      error.value = undefined
    } catch (thrown) {
      if (own === question) error.value = errorOf(thrown)
    }
    if (own === question && isLive()) {
      timer = setTimeout(() => void load(curves.value?.steps.at(-1)?.from ?? 0), pollMilliseconds)
    }
  }

  watch(
    [run, isLive],
    ([id], [before]) => {
      clearTimeout(timer)
      if (id !== before) curves.value = undefined
      void load(0)
    },
    { immediate: true },
  )
  onReturn(() => {
    if (error.value !== undefined) void load(0)
  })
  onScopeDispose(() => {
    question++
    clearTimeout(timer)
  })
  return { curves, error }
}

/** What was known with what came anew: from its first step on the answer replaces it. */
function appended(known: RunCurves | undefined, answer: RunCurves): RunCurves {
  const first = answer.steps[0]?.from
  if (known === undefined || first === undefined) return known ?? answer
  return {
    width: answer.width,
    steps: [...known.steps.filter(({ from }) => from < first), ...answer.steps],
    groups: [...known.groups.filter(({ step }) => step < first), ...answer.groups],
    validations: answer.validations,
    headSteps: [...known.headSteps.filter(({ step }) => step < first), ...answer.headSteps],
    headValidations: answer.headValidations,
  }
}

/** Exponential mean over points, each weighing `1 / span` of what is known so far. */
export function runningMean(values: readonly number[], span: number): number[] {
  let mean = 0
  let weight = 0
  return values.map((value) => {
    const share = 1 / Math.max(1, span)
    mean = mean * (1 - share) + value * share
    weight = weight * (1 - share) + share
    return mean / weight
  })
}
