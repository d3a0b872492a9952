/** How many events one stretch of time holds, such as a day, and where it begins. */
export type Bin = readonly [from: number, events: number]

/**
 * A line of counts over a stretch of time from bins that hold events, with zeros where nothing happened: in the first and the last bin of every gap, so that the line lies
 * at zero all along it, however long it is.
 * @param bins ascending, whole steps apart. @param step from one bin to the next. @param extent first and last bin of the line.
 */
export function withZeros(bins: readonly Bin[], step: number, { from, until }: { from: number; until: number }): Bin[] {
  const line: Bin[] = []
  let next = from
  for (const bin of [...bins, undefined]) {
    const [time] = bin ?? [until + step]
    if (next < time) line.push([next, 0])
    if (next < time - step) line.push([time - step, 0])
    if (bin !== undefined) line.push(bin)
    next = time + step
  }
  return line
}

/** Every bin of a line that `withZeros` made. */
export function everyBin(line: readonly Bin[], step: number): Bin[] {
  return line.flatMap(([time, events], index) => {
    const end = line[index + 1]?.[0] ?? time + step
    return Array.from(
      { length: Math.round((end - time) / step) },
      (_, bin): Bin => [time + bin * step, bin === 0 ? events : 0],
    )
  })
}
