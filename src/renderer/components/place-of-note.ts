/** Where something that belongs to a button stands on the screen, as the component library's popovers take it. */
export interface PlaceOfNote {
  x: number
  y: number
  placement: 'bottom-start' | 'top-start' | 'bottom-end' | 'top-end'
}

/** Below a button, or above one that is low on the screen; in line with its start or its end. */
export function besideButton(button: HTMLElement, side: 'start' | 'end'): PlaceOfNote {
  const { left, right, top, bottom } = button.getBoundingClientRect()
  const x = side === 'start' ? left : right
  const isLow = bottom > 0.6 * window.innerHeight
  return isLow ? { x, y: top - 4, placement: `top-${side}` } : { x, y: bottom + 4, placement: `bottom-${side}` }
}
