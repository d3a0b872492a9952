import { eventX, rowTop, type Scene } from './timeline-drawing.ts'
import { block } from './timeline-layout.ts'
import { lowerBound } from './timeline-scale.ts'

/** The event at a point: the block under it, else the nearest within a few pixels; -1 where there is none. */
export function eventAt(scene: Scene, x: number, y: number): number {
  const { scale, view, width, rows } = scene
  const unit = (view.until - view.from) / width
  const position = view.from + x * unit
  const reach = block.width * unit
  const last = lowerBound(scale.positions, position + 6 * unit)
  const stackTop = rowTop(scene, scene.lanes.behaviours.rows - 1)
  for (let index = last - 1; index >= 0 && scale.positions[index]! >= position - reach; index--) {
    const row = rows[index]!
    const top = rowTop(scene, Math.max(0, row))
    if (row >= 0 && eventX(scene, index) <= x && y >= top && y <= top + block.height) return index
    // Of a stack the first: arrow keys lead on through the others.
    if (scene.stacks.has(index) && eventX(scene, index) <= x && y >= stackTop && y <= stackTop + block.height)
      return index
  }
  let best = -1
  for (let index = last - 1; index >= 0 && scale.positions[index]! >= position - reach; index--) {
    if (best < 0 || Math.abs(eventX(scene, index) - x) < Math.abs(eventX(scene, best) - x)) best = index
  }
  return best
}
