import { type Feed, Graph, type Value } from '../../../src/main/graph/index.ts'
import type { OnnxFeed } from '../../support/run-onnx.ts'
import type { Case, CaseInput } from './cases.ts'

/** A reproducible run of the property tests; another seed explores other shapes. */
export const propertySeed = Number(process.env.PROPERTY_SEED ?? 1)

/** Uniform numbers in [0, 1) by seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Float32 numbers, so that ONNX Runtime and the interpreter are fed exactly the same. */
export function randomFeed({ shape, type = 'float32', from = -3, to = 3 }: CaseInput, next: () => number): OnnxFeed {
  const length = shape.reduce((product, dimension) => product * dimension, 1)
  const element = () => from + (to - from) * next()
  const data = Array.from({ length }, () => (type === 'float32' ? Math.fround(element()) : Math.floor(element())))
  return { data, shape, type }
}

/** A graph of one case with its results as outputs y0, y1, ..., and random feeds x0, x1, ... */
export function instantiate({ inputs, build }: Case, seed: number) {
  const graph = new Graph()
  const next = uniform(seed)
  const values = inputs.map(({ shape, type = 'float32' }, index) => graph.input(`x${index}`, type, shape))
  const built = build(...values)
  const results = Array.isArray(built) ? (built as readonly Value[]) : [built as Value]
  for (const [index, result] of results.entries()) graph.output(`y${index}`, result)
  const feeds = Object.fromEntries(inputs.map((input, index) => [`x${index}`, randomFeed(input, next)]))
  return { graph, values, results, feeds, next }
}

/** Largest difference of two tensors, relative to 1 + the size of the expected element; infinite when the shapes differ. */
export function difference(actual: Feed, expected: Feed): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let index = 0; index < expected.data.length; index++) {
    const distance = Math.abs(actual.data[index] - expected.data[index])
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY
    largest = Math.max(largest, distance / (1 + Math.abs(expected.data[index])))
  }
  return largest
}
