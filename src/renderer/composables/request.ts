import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import { connection, errorOf, onReturn } from '../connection.ts'

/** What a page shows of something it asked for: nothing yet, the answer, or the error; `refreshing` while a new answer is awaited. */
export interface Request<Answer> {
  readonly answer: Readonly<Ref<Answer | undefined>>
  readonly error: Readonly<Ref<ErrorDocument | undefined>>
  /** Waits for the first answer about its subject. */
  readonly loading: Readonly<Ref<boolean>>
  readonly refreshing: Readonly<Ref<boolean>>
  /** What is shown answers other parameters than those of now, whose answer is awaited. */
  readonly outdated: Readonly<Ref<boolean>>
  /** Asks again; the old answer is shown until the new one is there. */
  refresh(): Promise<void>
}

export interface RequestOptions<Parameters> {
  /** What an answer is about, such as the user whose events it tells. The answer about another one is not shown under this one's name. Default: all are about the same, in other detail. */
  readonly subject?: (parameters: Parameters) => unknown
}

/**
 * Asks the workbench at once, and again whenever the parameters change; an answer that was overtaken by a question with other parameters is
 * dropped, and its request aborted. The same question again, while its answer is awaited, is asked once more when that has come: a page that
 * refreshes more often than answers arrive would never show one otherwise. What broke off with the connection is asked again once that is back.
 * @param parameters what the question depends on; undefined asks nothing.
 */
export function useRequest<Parameters, Answer>(
  parameters: () => Parameters | undefined,
  ask: (parameters: Parameters, options: { signal: AbortSignal }) => Promise<Answer>,
  { subject = () => null }: RequestOptions<Parameters> = {},
): Request<Answer> {
  const answer = shallowRef<Answer>()
  const error = shallowRef<ErrorDocument>()
  const loading = ref(false)
  const refreshing = ref(false)
  const outdated = ref(false)
  let controller = new AbortController()
  /** The parameters of the last question, and of the one whose answer is shown, as text. */
  let about: string | undefined
  let answeredAbout: string | undefined
  let subjectOfAnswer: string | undefined
  let isAskedAgain = false
  /** The last question broke off with the connection. */
  let isBrokenOff = false
  let answered = Promise.resolve()

  function load(asked: Parameters | undefined): Promise<void> {
    controller.abort()
    controller = new AbortController()
    about = JSON.stringify(asked)
    isAskedAgain = false
    answered = answerTo(asked, controller)
    return answered
  }

  async function answerTo(asked: Parameters | undefined, own: AbortController): Promise<void> {
    if (asked === undefined) {
      answer.value = undefined
      error.value = undefined
      loading.value = refreshing.value = outdated.value = false
      return
    }
    const subjectNow = JSON.stringify(subject(asked))
    if (subjectNow !== subjectOfAnswer) {
      answer.value = undefined
      error.value = undefined
    }
    subjectOfAnswer = subjectNow
    outdated.value = answer.value !== undefined && answeredAbout !== about
    loading.value = answer.value === undefined
    refreshing.value = true
    isBrokenOff = false
    try {
      const given = await ask(asked, { signal: own.signal })
      if (!own.signal.aborted) {
        answer.value = given
        error.value = undefined
        answeredAbout = JSON.stringify(asked)
        outdated.value = false
      }
    } catch (thrown) {
      if (!own.signal.aborted) {
        error.value = errorOf(thrown)
        isBrokenOff = connection.value === 'lost'
        // Under the error it would be taken for the answer to what was asked.
        if (outdated.value) answer.value = undefined
        outdated.value = false
      }
    }
    if (own !== controller) return answered
    if (isAskedAgain) return load(parameters())
    loading.value = refreshing.value = false
  }

  function refresh(): Promise<void> {
    if (!refreshing.value) return load(parameters())
    isAskedAgain = true
    return answered
  }

  watch(parameters, (asked) => void (JSON.stringify(asked) === about ? refresh() : load(asked)), {
    immediate: true,
    deep: true,
  })
  onReturn(() => {
    if (isBrokenOff) void load(parameters())
  })
  onScopeDispose(() => controller.abort())
  return { answer, error, loading, refreshing, outdated, refresh }
}
