import { onScopeDispose } from 'vue'

/** Whoever touches nothing for longer is away. */
const idleMilliseconds = 60_000

/** How long a person looks at something: time between touches of keys or pointer, without what they were away. */
export function useReadingTime() {
  let spent = 0
  let last = performance.now()

  function touch(): void {
    const now = performance.now()
    spent += Math.min(now - last, idleMilliseconds)
    last = now
  }
  const events = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const
  for (const event of events) window.addEventListener(event, touch, { passive: true, capture: true })
  onScopeDispose(() => {
    for (const event of events) window.removeEventListener(event, touch, { capture: true })
  })

  return {
    /** Seconds since the last call; starts anew. */
    take(): number {
      touch()
      const seconds = Math.round(spent / 100) / 10
      spent = 0
      return seconds
    },
  }
}
