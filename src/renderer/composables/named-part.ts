import { onBeforeUnmount, onMounted } from 'vue'
import { useRoute } from 'vue-router'

/** Parts above it may come that much later. */
const settleMilliseconds = 3_000
const hands = ['wheel', 'keydown', 'pointerdown'] as const

/**
 * Brings the part of a page that the address names (`#export`) into view. Parts come one after the other and grow when their answers come, so it is brought back until
 * the page has settled, or the person does something. Call it in the set-up of a page whose parts have ids.
 */
export function useNamedPart(): void {
  const route = useRoute()
  const observer = new ResizeObserver(() => show())
  let timer: ReturnType<typeof setTimeout> | undefined

  function show(): void {
    document.getElementById(route.hash.slice(1))?.scrollIntoView({ block: 'start' })
  }
  function stop(): void {
    observer.disconnect()
    clearTimeout(timer)
    for (const kind of hands) window.removeEventListener(kind, stop, true)
  }
  onMounted(() => {
    const page = document.querySelector('main .page')
    if (route.hash === '' || page === null) return
    observer.observe(page)
    timer = setTimeout(stop, settleMilliseconds)
    for (const kind of hands) window.addEventListener(kind, stop, { capture: true, passive: true })
  })
  onBeforeUnmount(stop)
}
