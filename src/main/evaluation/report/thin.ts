/** A point of a line; x ascending. */
export type Point = [x: number, y: number]

/**
 * Largest-Triangle-Three-Buckets (Steinarsson 2013): at most `limit` points that keep the look of a line. The first and last stay; of each
 * bucket the point that spans the largest triangle with the one before and the mean of the next bucket.
 */
export function thinLine(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points]
  const width = (points.length - 2) / (limit - 2)
  const start = (bucket: number) => Math.floor(bucket * width) + 1
  const kept: Point[] = [points[0]]
  for (let bucket = 0; bucket < limit - 2; bucket += 1) {
    const next = meanOf(points.slice(start(bucket + 1), Math.max(start(bucket + 1) + 1, start(bucket + 2))))
    const [x, y] = kept[kept.length - 1]
    let best = points[start(bucket)]
    let largest = -1
    for (const candidate of points.slice(start(bucket), start(bucket + 1))) {
      const area = Math.abs((x - next[0]) * (candidate[1] - y) - (x - candidate[0]) * (next[1] - y))
      if (area > largest) [best, largest] = [candidate, area]
    }
    kept.push(best)
  }
  kept.push(points[points.length - 1])
  return kept
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce(([x, y], point) => [x + point[0], y + point[1]], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

/** At most `limit` ranks of 1..count, dense at the head and evenly spaced in their logarithm after it. */
export function logarithmicRanks(count: number, limit: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, index) => index + 1)
  const ranks = new Set<number>()
  for (let index = 0; index < limit; index += 1) ranks.add(Math.round(count ** (index / (limit - 1))))
  return [...ranks]
}
