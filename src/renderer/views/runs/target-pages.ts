import { type Ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import type { EvaluatedTarget, TargetFilterInput } from '../../../shared/evaluation.ts'
import { api } from '../../api.ts'
import { type Request, useRequest } from '../../composables/request.ts'
import { errorOf } from '../../connection.ts'

/** Targets fetched at once. */
const pageLength = 100

/** The targets of an evaluation that a filter leaves, fetched page by page as they come into view. */
export function useTargetPages(filter: () => TargetFilterInput | undefined): {
  /** How many there are. */
  request: Request<{ total: number }>
  /** Why some could not be fetched. */
  error: Readonly<Ref<ErrorDocument | undefined>>
  /** One of them; undefined until it is there. */
  rowAt: (index: number) => EvaluatedTarget | undefined
  /** Tells which are in view. */
  show: (from: number, until: number) => void
} {
  const request = useRequest(filter, (asked, options) => fetchPage(asked, 0, options.signal))
  const pages = shallowRef(new Map<number, EvaluatedTarget[]>())
  const error = shallowRef<ErrorDocument>()
  let awaited = new Set<number>()
  let range: [number, number] = [0, 0]

  watch(request.answer, (answer) => {
    pages.value = new Map(answer === undefined ? [] : [[0, answer.targets]])
    awaited = new Set()
    error.value = undefined
    show(...range)
  })

  function show(from: number, until: number): void {
    range = [from, until]
    // Of an answer that is about to be replaced nothing more is fetched.
    if (request.refreshing.value) return
    for (let page = Math.floor(from / pageLength); page * pageLength < until; page++) void load(page)
  }

  async function load(page: number): Promise<void> {
    const asked = filter()
    const own = awaited
    if (asked === undefined || pages.value.has(page) || own.has(page)) return
    own.add(page)
    try {
      const { targets } = await fetchPage(asked, page)
      if (own === awaited) pages.value = new Map(pages.value).set(page, targets)
    } catch (thrown) {
      if (own === awaited) error.value = errorOf(thrown)
    }
    own.delete(page)
  }

  return {
    request,
    error,
    rowAt: (index) => pages.value.get(Math.floor(index / pageLength))?.[index % pageLength],
    show,
  }
}

const fetchPage = (filter: TargetFilterInput, page: number, signal?: AbortSignal) =>
  api.evaluation.targets({ ...filter, offset: page * pageLength, limit: pageLength }, { signal })
