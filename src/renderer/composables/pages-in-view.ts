import { type Ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import { errorOf } from '../connection.ts'
import { type Request, useRequest } from './request.ts'

/** Rows fetched at once. */
const pageLength = 100

/**
 * Rows of a long list, fetched page by page as they come into view.
 * @param parameters what the list depends on, as in `useRequest`
 * @param fetchPage the rows from `offset` on, at most `limit` of them, and what else comes with them
 * @param rowsOf the rows in such an answer
 */
export function usePagesInView<Parameters, Answer, Row>(
  parameters: () => Parameters | undefined,
  fetchPage: (
    asked: Parameters & { offset: number; limit: number },
    options: { signal?: AbortSignal },
  ) => Promise<Answer>,
  rowsOf: (answer: Answer) => readonly Row[],
): {
  /** The first page. */
  request: Request<Answer>
  /** Why another one could not be fetched. */
  error: Readonly<Ref<ErrorDocument | undefined>>
  /** Undefined until it is there. */
  rowAt: (index: number) => Row | undefined
  /** Tells which rows are in view: from one to before another. */
  show: (from: number, until: number) => void
} {
  const ask = (asked: Parameters, page: number, signal?: AbortSignal) =>
    fetchPage({ ...asked, offset: page * pageLength, limit: pageLength }, { signal })
  const request = useRequest(parameters, (asked, { signal }) => ask(asked, 0, signal))
  const pages = shallowRef(new Map<number, readonly Row[]>())
  const error = shallowRef<ErrorDocument>()
  let awaited = new Set<number>()
  let range: [number, number] = [0, 0]

  watch(request.answer, (answer) => {
    pages.value = new Map(answer === undefined ? [] : [[0, rowsOf(answer)]])
    awaited = new Set()
    error.value = undefined
    show(...range)
  })

  function show(from: number, until: number): void {
    range = [from, until]
    // Of a list that is about to be replaced nothing more is fetched.
    if (request.refreshing.value) return
    for (let page = Math.floor(from / pageLength); page * pageLength < until; page++) void load(page)
  }

  async function load(page: number): Promise<void> {
    const asked = parameters()
    const own = awaited
    if (asked === undefined || pages.value.has(page) || own.has(page)) return
    own.add(page)
    try {
      const answer = await ask(asked, page)
      if (own === awaited) pages.value = new Map(pages.value).set(page, rowsOf(answer))
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
