import { type Ref, ref, watch } from 'vue'

/** Where something that belongs to a button stands on the screen, as the component library's popovers take it. */
interface Place {
  x: number
  y: number
  placement: 'bottom-start' | 'top-start' | 'bottom-end' | 'top-end'
}

/**
 * A note, menu or list that a button opens beside itself, in line with its start or end. It has a `place` while it is open; until then nothing of it has to exist, since a page
 * has dozens. It closes when the button is pressed again, when the page scrolls under it or the window gets another size, and when the caller says so.
 */
export function useNoteBeside(button: Readonly<Ref<HTMLElement | null>>, side: 'start' | 'end') {
  const place = ref<Place>()

  function close(): void {
    place.value = undefined
  }
  function toggle(): void {
    place.value = place.value === undefined ? beside(button.value!, side) : undefined
  }
  /** For a press outside of the note, of which the component library tells; one on the button is the button's own. */
  function closeOutside({ target }: MouseEvent): void {
    if (!button.value?.contains(target as Node)) close()
  }

  function onScroll({ target }: Event): void {
    if ((target as Node).contains(button.value)) close()
  }
  watch(place, (is, _was, onCleanup) => {
    if (is === undefined) return
    const options = { capture: true, passive: true }
    window.addEventListener('scroll', onScroll, options)
    window.addEventListener('resize', close, options)
    onCleanup(() => {
      window.removeEventListener('scroll', onScroll, options)
      window.removeEventListener('resize', close, options)
    })
  })
  return { place, toggle, close, closeOutside }
}

/** Below a button, or above one that is low on the screen. */
function beside(button: HTMLElement, side: 'start' | 'end'): Place {
  const { left, right, top, bottom } = button.getBoundingClientRect()
  const x = side === 'start' ? left : right
  const isLow = bottom > 0.6 * window.innerHeight
  return isLow ? { x, y: top - 4, placement: `top-${side}` } : { x, y: bottom + 4, placement: `bottom-${side}` }
}
