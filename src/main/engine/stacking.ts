import assert from 'node:assert'
import type { HostTensor, TensorData } from './types.ts'

/** The feeds of several executions as those of one repeated graph: each input's elements one execution after the other. */
export function stackFeeds(feeds: readonly Readonly<Record<string, TensorData>>[]): Record<string, TensorData> {
  return Object.fromEntries(
    Object.keys(feeds[0]).map((name) => [
      name,
      concatenate(
        name,
        feeds.map((feed) => feed[name]),
      ),
    ]),
  )
}

function concatenate(name: string, parts: readonly TensorData[]): TensorData {
  const [{ length }] = parts
  const stacked =
    parts[0] instanceof Int32Array ? new Int32Array(parts.length * length) : new Float32Array(parts.length * length)
  parts.forEach((part, index) => {
    assert(part?.length === length, `${name} has not the same size in each execution`)
    stacked.set(part, index * length)
  })
  return stacked
}

/** The results of a repeated graph as those of its executions: views of one memory. */
export function unstackResults(results: Readonly<Record<string, HostTensor>>): Record<string, HostTensor>[] {
  const outputs = Object.entries(results)
  const [count] = outputs[0][1].shape
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(
      outputs.map(
        ([
          name,
          {
            data,
            shape: [, ...shape],
          },
        ]) => {
          const size = data.length / count
          return [name, { data: data.subarray(index * size, (index + 1) * size), shape }]
        },
      ),
    ),
  )
}
