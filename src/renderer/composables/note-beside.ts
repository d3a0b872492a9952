import { type Ref, ref, watch } from 'vue'

/** Where something that belongs to a button stands on the screen, as the component library's popovers take it. */
interface Place {
  x: number
  y: number
  placement: 'bottom-start' | 'top-start' | 'bottom-end' | 'top-end'
}

/**
 * A note, menu or list that a button opens beside itself, in line with its start or end. It has a `place` while it is open; until then nothing of it has to exist, since a page
 * has dozens. It goes along with its button while the page moves, as it does until all answers are there, and closes when the button is pressed again, has left the screen, and
 * when the caller says so.
 */
export function useNoteBeside(button: Readonly<Ref<HTMLElement | null>>, side: 'start' | 'end') {
  const place = ref<Place>()

  function close(): void {
    place.value = undefined
  }
  /** Closes, and gives the focus back to the button. */
  function leave(): void {
    close()
    button.value?.focus()
  }
  function open(own: HTMLElement): void {
    // Below the button, or above one that is low on the screen.
    const isLow = own.getBoundingClientRect().bottom > 0.6 * window.innerHeight
    place.value = beside(own, `${isLow ? 'top' : 'bottom'}-${side}`)
  }
  function toggle(): void {
    if (place.value === undefined) open(button.value!)
    else close()
  }
  /** For a press outside of the note, of which the component library tells; one on the button is the button's own. */
  function closeOutside({ target }: MouseEvent): void {
    if (!button.value?.contains(target as Node)) close()
  }

  watch(
    () => place.value !== undefined,
    (isOpen, _was, onCleanup) => {
      if (!isOpen) return
      const own = button.value!
      let frame = requestAnimationFrame(function follow() {
        frame = requestAnimationFrame(follow)
        const now = beside(own, place.value!.placement)
        if (now.x !== place.value!.x || now.y !== place.value!.y) place.value = now
      })
      const sight = new IntersectionObserver((entries) => {
        if (!entries.at(-1)!.isIntersecting) close()
      })
      sight.observe(own)
      onCleanup(() => {
        cancelAnimationFrame(frame)
        sight.disconnect()
      })
    },
    { flush: 'sync' },
  )
  return { place, toggle, close, leave, closeOutside }
}

function beside(button: HTMLElement, placement: Place['placement']): Place {
  const { left, right, top, bottom } = button.getBoundingClientRect()
  return {
    x: placement.endsWith('start') ? left : right,
    y: placement.startsWith('top') ? top - 4 : bottom + 4,
    placement,
  }
}
