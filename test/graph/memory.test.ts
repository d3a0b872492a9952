import { expect, test } from 'vitest'
import { add, exp, Graph, peakBytes, reshape, type Shape, tanh, type Value } from '../../src/main/graph/index.ts'

/** Peak of a graph of x, by default 4 elements of 4 bytes. */
function peakOf(build: (x: Value) => Value[], shape: Shape = [4], sizes?: Record<string, number>): number {
  const graph = new Graph()
  for (const [index, value] of build(graph.input('x', 'float32', shape)).entries()) graph.output(`out${index}`, value)
  return peakBytes(graph, sizes)
}

test('a node holds its operands and its result, whatever came before', () => {
  expect(peakOf((x) => [exp(x)])).toBe(16)
  expect(peakOf((x) => [tanh(exp(x))])).toBe(32)
  expect(peakOf((x) => [exp(tanh(exp(x)))])).toBe(32)
})

test('a value lives until its last reader, and an output to the end', () => {
  expect(peakOf((x) => [add(exp(x), tanh(x))])).toBe(48)
  const kept = (x: Value) => exp(x)
  expect(peakOf((x) => [kept(x), exp(tanh(kept(x)))])).toBe(48)
})

test('a reshaped value takes no memory of its own, but keeps what it reshapes', () => {
  expect(peakOf((x) => [tanh(reshape(exp(x), [2, 2]))])).toBe(32)
  expect(peakOf((x) => [reshape(exp(x), [2, 2]), exp(tanh(exp(tanh(x))))])).toBe(48)
})

test('symbolic sizes are given by name', () => {
  expect(peakOf((x) => [tanh(exp(x))], ['batch', 3], { batch: 100 })).toBe(2 * 100 * 3 * 4)
})
