import type { DatasetConfiguration } from '../../shared/configuration.ts'
import type { Timeline } from '../../shared/datasets.ts'
import { splitCode } from './types.ts'

const dayMilliseconds = 86_400_000
/** Bins on the axis, at most: about one for two pixels. */
const mostBins = 500

/** Counts events by local day and period. */
export class TimelineCounter {
  /** Events by day since 1970 and split code. */
  readonly #days = new Map<number, [number, number, number]>()
  /** Of each split code. */
  readonly #earliest = [0, 1, 2].map(() => Number.POSITIVE_INFINITY)
  readonly #latest = [0, 1, 2].map(() => Number.NEGATIVE_INFINITY)

  /** @param local local wall-clock milliseconds; @param split splitCode of each */
  add(local: ArrayLike<number>, split: ArrayLike<number>, length: number): void {
    let day = Number.NaN
    let counts: [number, number, number] = [0, 0, 0]
    for (let index = 0; index < length; index++) {
      const own = Math.floor(local[index] / dayMilliseconds)
      if (own !== day) {
        day = own
        counts = this.#days.get(day) ?? [0, 0, 0]
        this.#days.set(day, counts)
      }
      counts[split[index]]++
      if (local[index] < this.#earliest[split[index]]) this.#earliest[split[index]] = local[index]
      if (local[index] > this.#latest[split[index]]) this.#latest[split[index]] = local[index]
    }
  }

  /**
   * Bins of as many whole days as keep them below some hundreds.
   * @param kind how the events were split; @param scale what each event stands for
   */
  timeline(kind: DatasetConfiguration['split']['kind'], scale = 1): Timeline {
    const days = [...this.#days.keys()]
    const first = days.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const last = days.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    if (days.length === 0) return { start: 0, binDays: 1, train: [], valid: [], test: [], periods: null }
    const binDays = Math.ceil((last - first + 1) / mostBins)
    const bins = Math.floor((last - first) / binDays) + 1
    const rows = [0, 1, 2].map(() => new Array<number>(bins).fill(0))
    for (const [day, counts] of this.#days) {
      const bin = Math.floor((day - first) / binDays)
      for (const [split, events] of counts.entries()) rows[split][bin] += events
    }
    const scaled = (split: number) => rows[split].map((events) => Math.round(events * scale))
    return {
      start: first * dayMilliseconds,
      binDays,
      train: scaled(splitCode.train),
      valid: scaled(splitCode.valid),
      test: scaled(splitCode.test),
      periods: kind === 'time' ? this.#periods() : null,
    }
  }

  #periods(): Timeline['periods'] {
    const { train, valid, test } = splitCode
    const [earliest, latest] = [this.#earliest, this.#latest]
    return {
      valid: earliest[valid],
      test: earliest[test],
      overlap: latest[train] >= earliest[valid] || Math.max(latest[train], latest[valid]) >= earliest[test],
    }
  }
}

/** The events of a dataset on the time axis. */
export function datasetTimeline({
  columns,
  configuration,
}: {
  columns: { time: Float64Array; split: Uint8Array }
  configuration: Pick<DatasetConfiguration, 'split'>
}): Timeline {
  const counter = new TimelineCounter()
  counter.add(columns.time, columns.split, columns.time.length)
  return counter.timeline(configuration.split.kind)
}
