import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import type { EventAnchors, EventKey, EventTableRow } from '../../../shared/explore.ts'
import { api } from '../../api.ts'
import { errorOf, onReturn } from '../../connection.ts'
import { onLogsChanged } from './query.ts'

/** Rows fetched at once. */
const blockLength = 200
/** Blocks kept; the ones wanted longest ago go first. */
const mostBlocks = 100
/** While the bar is dragged, only where it rests is fetched. */
const restMilliseconds = 60

/** Rows of the table of events, or of its stretch of one user, fetched in blocks from the nearest known key as they come into view. */
export function useEventWindow(of: () => { sources: string[]; user: string | null }) {
  const anchors = shallowRef<EventAnchors>()
  const error = shallowRef<ErrorDocument>()
  /** Grows with every block that arrives, so that cells are drawn anew. */
  const version = ref(0)
  const blocks = new Map<number, EventTableRow[]>()
  /** Keys behind which a block begins, learnt from the blocks before. */
  const keys = new Map<number, EventKey>()
  const pending = new Set<number>()
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let range: [number, number] = [0, 0]

  function forget(): void {
    blocks.clear()
    keys.clear()
    pending.clear()
    anchors.value = undefined
  }

  async function start(): Promise<void> {
    forget()
    await read()
  }

  /** Reads anew; what is shown stays until the new rows are there, so that nobody's place is lost. */
  async function read(): Promise<void> {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    error.value = undefined
    try {
      const given = await api.explore.eventAnchors(of(), { signal })
      if (signal.aborted) return
      // Blocks that were asked for meanwhile are of the rows before.
      controller.abort()
      controller = new AbortController()
      forget()
      anchors.value = given
      version.value++
      fetchRange()
    } catch (thrown) {
      if (signal.aborted) return
      forget()
      error.value = errorOf(thrown)
    }
  }

  /** The nearest place before a block from which it can be read. */
  function nearest(block: number): { after: EventKey | null; skip: number } {
    const position = block * blockLength
    const known = keys.get(block)
    if (known !== undefined) return { after: known, skip: 0 }
    const list = anchors.value!.anchors
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (list[middle]!.position <= position) low = middle + 1
      else high = middle
    }
    const anchor = list[low - 1]
    return anchor === undefined
      ? { after: null, skip: position }
      : { after: anchor.after, skip: position - anchor.position }
  }

  async function fetchBlock(block: number): Promise<void> {
    if (blocks.has(block) || pending.has(block) || block * blockLength >= (anchors.value?.total ?? 0)) return
    const { signal } = controller
    pending.add(block)
    try {
      const rows = await api.explore.events(
        { sources: of().sources, ...nearest(block), limit: blockLength },
        { signal },
      )
      if (signal.aborted) return
      blocks.set(block, rows)
      const last = rows[rows.length - 1]
      if (last !== undefined) keys.set(block + 1, last.key)
      for (const [oldest] of blocks) if (blocks.size > mostBlocks) blocks.delete(oldest)
      version.value++
    } catch (thrown) {
      if (!signal.aborted) error.value = errorOf(thrown)
    }
    pending.delete(block)
  }

  function fetchRange(): void {
    if (anchors.value === undefined) return
    const [from, until] = range
    const last = Math.floor(Math.max(from, until - 1) / blockLength)
    for (let block = Math.floor(from / blockLength); block <= last; block++) void fetchBlock(block)
    // The next one too, for whoever scrolls on.
    void fetchBlock(last + 1)
  }

  watch(() => JSON.stringify(of()), start, { immediate: true })
  onLogsChanged(() => void read())
  onReturn(() => {
    if (error.value !== undefined) void start()
  })
  onScopeDispose(() => {
    controller.abort()
    clearTimeout(timer)
  })

  return {
    anchors,
    error,
    start,
    show(from: number, until: number): void {
      range = [from, until]
      clearTimeout(timer)
      timer = setTimeout(fetchRange, restMilliseconds)
    },
    row(index: number): EventTableRow | undefined {
      // Read for its effect: what draws a cell depends on the blocks.
      void version.value
      return blocks.get(Math.floor(index / blockLength))?.[index % blockLength]
    },
  }
}
