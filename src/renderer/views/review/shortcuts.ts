import type { ShortcutAction } from '../../stores/shortcuts.ts'

/** Ends of the names of actions that do the same by another key: down the list, by the letters under the hand, and along the timeline. */
export const keySuffixes = ['', 'ByLetter', 'Sideways'] as const

/** Everything that a reviewer does besides labels, whose keys belong to the project's schema. */
export default [
  { id: 'review.accept', key: 'Enter' },
  { id: 'review.skip', key: 'S' },
  { id: 'review.flag', key: 'F' },
  { id: 'review.note', key: 'N' },
  { id: 'review.undo', key: 'Mod+Z', repeats: true },
  { id: 'review.redo', key: 'Mod+Shift+Z', repeats: true },
  { id: 'review.nextEvent', key: 'ArrowDown', repeats: true },
  { id: 'review.previousEvent', key: 'ArrowUp', repeats: true },
  { id: 'review.nextEventByLetter', key: 'J', repeats: true },
  { id: 'review.previousEventByLetter', key: 'K', repeats: true },
  { id: 'review.nextEventSideways', key: 'ArrowRight', repeats: true },
  { id: 'review.previousEventSideways', key: 'ArrowLeft', repeats: true },
  { id: 'review.extendDown', key: 'Shift+ArrowDown', repeats: true },
  { id: 'review.extendUp', key: 'Shift+ArrowUp', repeats: true },
  { id: 'review.extendDownByLetter', key: 'Shift+J', repeats: true },
  { id: 'review.extendUpByLetter', key: 'Shift+K', repeats: true },
  { id: 'review.extendDownSideways', key: 'Shift+ArrowRight', repeats: true },
  { id: 'review.extendUpSideways', key: 'Shift+ArrowLeft', repeats: true },
  { id: 'review.firstEvent', key: 'Home' },
  { id: 'review.lastEvent', key: 'End' },
  { id: 'review.wholeSequence', key: 'A' },
  { id: 'review.noSpan', key: 'Escape' },
  { id: 'review.nextSequence', key: 'L', repeats: true },
  { id: 'review.previousSequence', key: 'H', repeats: true },
  { id: 'review.nextOpen', key: 'U' },
  { id: 'review.jump', key: 'G' },
  { id: 'review.adoptFirst', key: 'Alt+1' },
  { id: 'review.adoptSecond', key: 'Alt+2' },
  { id: 'review.help', key: '?' },
] satisfies readonly ShortcutAction[]
