import { computed, onScopeDispose, reactive, ref, shallowReactive, shallowRef } from 'vue'
import type { ErrorDocument } from '../../../shared/errors.ts'
import {
  type ActionOutcome,
  type Decision,
  decide,
  type QueueEntry,
  type ReviewAction,
  type ReviewerRole,
  type ReviewerState,
  type ReviewItem,
  undecided,
} from '../../../shared/review.ts'
import { api, follow } from '../../api.ts'
import { connection, errorOf } from '../../connection.ts'

/** Sequences ahead that are loaded already. */
const ahead = 2
const retryMilliseconds = 500

/**
 * One person at work on one project. An action shows at once and is stored at once; several wait for each other, so that each names the version that
 * the one before it left. When the workbench is away they wait until it is back; when another window of the same person was faster, what
 * waits here is given up and said so (`lost`). An action that the workbench refuses, as one with a label that was retired meanwhile, is taken back alone.
 */
export function useReviewSession(project: number, reviewer: string, role: ReviewerRole) {
  const state = shallowRef<ReviewerState>()
  const queue = ref<QueueEntry[]>([])
  const position = ref(-1)
  const items = shallowReactive(new Map<number, ReviewItem>())
  /** Sequences that were asked for, answered or not. */
  const asked = new Map<number, Promise<ReviewItem>>()
  const decisions = reactive(new Map<number, Decision>())
  /** Decisions as the workbench has them, without what waits here. */
  const stored = new Map<number, Decision>()
  /** Actions that wait, in their order. */
  let unstored: { at: number; action: ReviewAction }[] = []
  /** What was finished since the page was loaded, and how long that took. */
  const finished = reactive({ sequences: 0, seconds: 0 })
  /** Actions that are not stored yet. */
  const waiting = ref(0)
  const error = shallowRef<ErrorDocument>()
  /** How many actions could not be stored, because another window went on or the disk refuses; undefined while all could. */
  const lost = ref<number>()
  /** The review itself is not there any more. */
  const isRemoved = ref(false)
  /** The last action that was refused, by the sequence it was for. */
  const refused = shallowRef<{ position: number; error: ErrorDocument }>()
  /** Version of the project's labels; undefined before the first answer that tells it. */
  const schemaVersion = ref<number>()
  let chain: Promise<unknown> = Promise.resolve()
  let isLeft = false
  const following = new AbortController()
  onScopeDispose(() => {
    isLeft = true
    following.abort()
  })

  const decisionOf = (at: number): Decision => decisions.get(at) ?? undecided
  const item = computed(() => items.get(position.value))
  const decision = computed(() => decisionOf(position.value))
  const index = computed(() => queue.value.findIndex((entry) => entry.position === position.value))
  const done = computed(() => queue.value.filter(({ state: own }) => own !== 'pending').length)

  /** Keeps an error to be shown, and finds out whether it says that the review was removed. */
  async function keepError(thrown: unknown): Promise<void> {
    const failed = errorOf(thrown)
    error.value = failed
    if (failed.code !== 'not-found') return
    isRemoved.value = await api.review.show({ project }).then(
      () => false,
      (refusal) => errorOf(refusal).code === 'not-found',
    )
  }

  /** Learns at once when the labels are changed, or the review is removed. */
  void follow(
    async (signal) => {
      try {
        return await api.review.watchLabels({ project }, { signal })
      } catch (thrown) {
        if (errorOf(thrown).code === 'not-found') await keepError(thrown)
        if (isRemoved.value) following.abort()
        throw thrown
      }
    },
    (version) => {
      schemaVersion.value = version
    },
    following.signal,
  )

  /** Tells the workbench that this window shows the labels of now: what is accepted from here on is accepted with them to choose from. */
  function joinAgain(): void {
    if (state.value === undefined || lost.value !== undefined) return
    const told = chain.then(async () => void (await api.review.join({ project, reviewer, role })))
    // Without an answer it counts as not told, and the next action tells it.
    chain = told.catch(() => {})
  }

  /** Reads everything anew. @param wanted the sequence to show; where the person worked last when absent. */
  async function load(wanted?: number): Promise<void> {
    error.value = undefined
    try {
      state.value = await api.review.join({ project, reviewer, role })
      queue.value = await api.review.queue({ project, reviewer })
      items.clear()
      asked.clear()
      decisions.clear()
      stored.clear()
      if (lost.value !== undefined) unstored = []
      lost.value = undefined
      refused.value = undefined
      const first = [wanted, firstOpenFrom(state.value.position), state.value.position, queue.value[0]?.position]
      const known = first.find((each) => queue.value.some((entry) => entry.position === each))
      if (known !== undefined) await show(known)
    } catch (thrown) {
      await keepError(thrown)
    }
  }

  function firstOpenFrom(start: number): number | undefined {
    const open = queue.value.filter((entry) => entry.state === 'pending')
    return (open.find((entry) => entry.position >= start) ?? open[0])?.position
  }

  /** Waits for a sequence. It is asked for once: a second answer would be another sequence to the desk, which begins anew with each. */
  async function fetchItem(at: number): Promise<void> {
    const answering = asked.get(at) ?? api.review.item({ project, reviewer, position: at })
    asked.set(at, answering)
    try {
      const answer = await answering
      // Everything may have been read anew since.
      if (asked.get(at) !== answering || items.has(at)) return
      items.set(at, answer)
      // What was done here meanwhile is newer.
      if (stored.has(at)) return
      stored.set(at, answer.decision)
      showDecision(at)
    } catch (thrown) {
      if (asked.get(at) === answering) asked.delete(at)
      throw thrown
    }
  }

  /** Shows a sequence, and loads those that come next. */
  async function show(at: number): Promise<void> {
    position.value = at
    try {
      await fetchItem(at)
      if (position.value !== at) return
      error.value = undefined
      const next = queue.value.slice(index.value + 1, index.value + 1 + ahead)
      const open = firstOpenFrom(at + 1)
      for (const each of [...next.map((entry) => entry.position), ...(open === undefined ? [] : [open])]) {
        void fetchItem(each).catch(() => {})
      }
    } catch (thrown) {
      // Of a sequence that was left meanwhile nothing needs to be said.
      if (position.value === at) await keepError(thrown)
    }
  }

  /** Keeps the order of the calls; what fails for good ends the chain. */
  function enqueue(
    store: (version: number) => Promise<ActionOutcome>,
    isStored: () => Promise<boolean>,
    onRefusal?: (error: ErrorDocument) => void,
  ): Promise<void> {
    waiting.value++
    const done = chain.then(async () => {
      try {
        if (lost.value !== undefined) lost.value++
        else await storeWithPatience(store, isStored)
      } catch (thrown) {
        const failed = errorOf(thrown)
        if (failed.code === 'usage' && onRefusal !== undefined) return onRefusal(failed)
        lost.value = 1
        await keepError(thrown)
      } finally {
        waiting.value--
      }
    })
    chain = done
    return done
  }

  async function storeWithPatience(
    store: (version: number) => Promise<ActionOutcome>,
    isStored: () => Promise<boolean>,
  ): Promise<void> {
    for (;;) {
      const { version } = state.value!
      try {
        take(await store(version))
        return
      } catch (thrown) {
        if (errorOf(thrown).code !== 'internal' || isLeft) throw thrown
        // The connection broke: wait until it is back, and find out whether the action arrived.
        do await new Promise((resolve) => setTimeout(resolve, retryMilliseconds))
        while (connection.value === 'lost' && !isLeft)
        const now = await api.review.join({ project, reviewer, role }).catch(() => undefined)
        if (now === undefined || now.version === version) continue
        if (now.version !== version + 1 || !(await isStored())) throw thrown
        state.value = now
        return
      }
    }
  }

  function take(outcome: ActionOutcome): void {
    state.value = outcome.state
    schemaVersion.value = outcome.schemaVersion
    stored.set(outcome.position, outcome.decision)
    showDecision(outcome.position)
  }

  /** Shows what is stored with what still waits on top of it. */
  function showDecision(at: number): void {
    const own = unstored.filter((each) => each.at === at)
    setDecision(
      at,
      own.reduce((before, { action }) => decide(before, action), stored.get(at) ?? undecided),
    )
  }

  function setDecision(at: number, value: Decision): void {
    decisions.set(at, value)
    const entry = queue.value.find((each) => each.position === at)
    if (entry !== undefined) Object.assign(entry, { state: value.state, flagged: value.flagged })
  }

  /** Does something to the sequence that is shown; what would change nothing is not done, so that every undo takes something back. */
  function perform(action: ReviewAction, at = position.value): void {
    if (!items.has(at) || lost.value !== undefined) return
    const expected = decide(decisionOf(at), action)
    if (JSON.stringify(expected) === JSON.stringify(decisionOf(at))) return
    setDecision(at, expected)
    if (action.kind === 'accept' || action.kind === 'skip') {
      finished.sequences++
      finished.seconds += action.seconds
    }
    const own = { at, action }
    unstored.push(own)
    const settle = () => {
      unstored = unstored.filter((each) => each !== own)
    }
    void enqueue(
      async (version) => {
        const outcome = await api.review.act({ project, reviewer, version, position: at, action })
        settle()
        return outcome
      },
      async () => {
        const answer = await api.review.item({ project, reviewer, position: at })
        const expectedNow = decide(stored.get(at) ?? undecided, action)
        if (JSON.stringify(answer.decision) !== JSON.stringify(expectedNow)) return false
        settle()
        stored.set(at, answer.decision)
        return true
      },
      (reason) => {
        settle()
        showDecision(at)
        refused.value = { position: at, error: reason }
      },
    )
  }

  /** Takes the last action back, or brings it back, and shows the sequence that it was about; undefined when there was none. */
  async function move(direction: 'undo' | 'redo'): Promise<ActionOutcome | undefined> {
    await chain
    if (lost.value !== undefined || !state.value?.[direction === 'undo' ? 'canUndo' : 'canRedo']) return undefined
    let moved: ActionOutcome | undefined
    await enqueue(
      async (version) => {
        moved = await api.review[direction]({ project, reviewer, version })
        return moved
      },
      async () => false,
    )
    const at = moved?.position
    if (at !== undefined && at !== position.value) await show(at)
    return moved
  }

  return {
    state,
    queue,
    position,
    item,
    items,
    decision,
    index,
    done,
    finished,
    waiting,
    error,
    lost,
    isRemoved,
    refused,
    schemaVersion,
    load,
    joinAgain,
    show,
    perform,
    move,
    firstOpenFrom,
    /** Resolves when nothing that was done until now waits any more. */
    settled: () => chain,
  }
}
export type ReviewSession = ReturnType<typeof useReviewSession>
