/**
 * Indices of at most `count` of the points that keep a line's look: largest triangle three buckets (Sveinn Steinarsson, Downsampling Time Series for Visual
 * Representation, 2013). The first and the last point are always among them; between them each bucket of equally many points gives the one that spans the largest
 * triangle with the point chosen before it and the mean of the next bucket.
 * @param x ascending: [n]. @param y finite: [n]. @param count at least 3, unless there are fewer points.
 * @returns ascending indices: [min(n, count)].
 */
export function largestTriangles(x: ArrayLike<number>, y: ArrayLike<number>, count: number): number[] {
  const points = x.length
  if (points <= count) return Array.from({ length: points }, (_, index) => index)
  if (count < 3) throw new RangeError(`a line of ${points} points cannot be drawn with ${count}`)
  const chosen = [0]
  const bucket = (points - 2) / (count - 2)
  const start = (number: number) => 1 + Math.floor(number * bucket)
  for (let number = 0; number < count - 2; number++) {
    const until = start(number + 1)
    const [meanX, meanY] = mean(x, y, until, Math.min(start(number + 2), points))
    const before = chosen[number]!
    let best = start(number)
    let largest = -1
    for (let index = start(number); index < until; index++) {
      const area = Math.abs(
        (x[before]! - meanX) * (y[index]! - y[before]!) - (x[before]! - x[index]!) * (meanY - y[before]!),
      )
      if (area > largest) {
        largest = area
        best = index
      }
    }
    chosen.push(best)
  }
  chosen.push(points - 1)
  return chosen
}

/** The mean of the points from..until-1; of the last point where there are none. */
function mean(x: ArrayLike<number>, y: ArrayLike<number>, from: number, until: number): [number, number] {
  const first = Math.min(from, x.length - 1)
  const last = Math.max(until, first + 1)
  let sumX = 0
  let sumY = 0
  for (let index = first; index < last; index++) {
    sumX += x[index]!
    sumY += y[index]!
  }
  return [sumX / (last - first), sumY / (last - first)]
}
