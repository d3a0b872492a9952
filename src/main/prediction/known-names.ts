/**
 * Indexes of the names that hold a text, in any case: first those that begin with it, each part in the given order; at most `limit`.
 * An empty text finds the first names.
 */
export function findKnownNames(names: readonly string[], search: string, limit: number): number[] {
  const wanted = search.trim().toLowerCase()
  const beginning: number[] = []
  const holding: number[] = []
  for (const [index, name] of names.entries()) {
    if (beginning.length === limit) break
    const place = name.toLowerCase().indexOf(wanted)
    if (place === 0) beginning.push(index)
    else if (place > 0 && holding.length < limit) holding.push(index)
  }
  return [...beginning, ...holding].slice(0, limit)
}
