import { onBeforeUnmount, onMounted, reactive, type ShallowRef } from 'vue'

/**
 * Whether a box scrolls, and whether what it holds goes on to its left or right: classes of a `.sideways` element around it, which shades these edges, since many systems hide scroll bars until
 * something scrolls. `look` is for the box's scroll events.
 */
export function useSideways(box: Readonly<ShallowRef<HTMLElement | null>>) {
  const edges = reactive({ before: false, beyond: false, scrolls: false })
  function look(): void {
    if (box.value === null) return
    const { scrollLeft, clientWidth, clientHeight, scrollWidth, scrollHeight } = box.value
    // A fraction of a pixel is nothing to scroll to.
    edges.before = scrollLeft > 1
    edges.beyond = scrollLeft + clientWidth < scrollWidth - 1
    edges.scrolls = edges.before || edges.beyond || scrollHeight > clientHeight + 1
  }
  const observer = new ResizeObserver(look)
  onMounted(() => {
    for (const element of [box.value!, ...box.value!.children]) observer.observe(element)
  })
  onBeforeUnmount(() => observer.disconnect())
  return { edges, look }
}
