import { type Phrase, phrase } from '../../shared/phrase.ts'
/**
 * Number of single-character insertions, deletions and substitutions, and swaps of neighbours, between two words
 * (optimal string alignment), or `limit + 1` as soon as it must exceed `limit`.
 */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    let smallest = row
    for (let column = 1; column <= right.length; column++) {
      const substitution = previous[column - 1] + (left[row - 1] === right[column - 1] ? 0 : 1)
      let distance = Math.min(substitution, previous[column] + 1, current[column - 1] + 1)
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) distance = Math.min(distance, beforePrevious[column - 2] + 1)
      current.push(distance)
      smallest = Math.min(smallest, distance)
    }
    if (smallest > limit) return limit + 1
    beforePrevious = previous
    previous = current
  }
  return Math.min(previous[right.length], limit + 1)
}

/**
 * The names that a mistyped one may have meant, nearest first: those that differ only in case or surrounding space, those that start with it,
 * and those within a third of its length in edits. At most `count`, ties in the given order.
 */
export function nearestNames(wanted: string, names: Iterable<string>, count = 3): string[] {
  const folded = wanted.trim().toLowerCase()
  const limit = Math.max(1, Math.floor(folded.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const name of names) {
    const candidate = name.trim().toLowerCase()
    const startsWithIt = folded.length >= 2 && candidate.startsWith(folded)
    const edits = editDistance(folded, candidate, limit)
    const distance = startsWithIt ? Math.min(edits, 1) : edits
    if (distance > limit) continue
    found.push({ name, distance })
    found.sort((left, right) => left.distance - right.distance)
    if (found.length > count) found.pop()
  }
  return found.map(({ name }) => name)
}

/** `Did you mean "a", "b" or "c"?`, or `fallback` when no name is near. */
export function suggestion(wanted: string, names: Iterable<string>, fallback: Phrase): Phrase {
  const near = nearestNames(wanted, names).map((name) => JSON.stringify(name))
  if (near.length === 0) return fallback
  const last = near.pop()!
  return near.length === 0 ? phrase`Did you mean ${last}?` : phrase`Did you mean ${near} or ${last}?`
}
