import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { expect, test } from 'vitest'
import { add, exp, Graph, matmul, multiply, stopGradient, toOnnx } from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { operatorsOf } from './support/operators.ts'
import { declareBlock, transformerBlock } from './support/transformer-block.ts'

function blockModel(): Graph {
  const graph = new Graph()
  const { tokens, parameters } = declareBlock(graph, ['batch', 'length'])
  graph.output('logits', transformerBlock(tokens, parameters))
  return graph
}

test('the same description always gives the same bytes', () => {
  const write = () => Buffer.from(toOnnx(blockModel(), { target: 'portable', metadata: { vocabulary: '["a"]' } }))
  expect(write().equals(write())).toBe(true)
})

test('metadata travels with the model', () => {
  const model = fromBinary(
    ModelProtoSchema,
    toOnnx(blockModel(), { target: 'cpu', metadata: { format: '1', name: 'ä' } }),
  )
  expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
    ['format', '1'],
    ['name', 'ä'],
  ])
})

test('the portable target declares the standard operators alone', () => {
  const model = toOnnx(blockModel(), { target: 'portable' })
  expect(fromBinary(ModelProtoSchema, model).opsetImport.map(({ domain }) => domain)).toEqual([''])
  expect(operatorsOf(model).filter((operator) => operator.includes('.'))).toEqual([])
})

test('the cpu target reads transposed operands in place', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2, 3, 4])
  graph.output('y', matmul(x, x, { transposeB: true }))
  expect(operatorsOf(toOnnx(graph, { target: 'cpu' }))).toEqual(['com.microsoft.FusedMatMul'])
  expect(operatorsOf(toOnnx(graph, { target: 'portable' }))).toEqual(['MatMul', 'Transpose'])
})

test.each([
  { moves: 'that operand, where the other is as large', a: [5, 2], b: [5, 3], moved: [[5, 2]] },
  {
    moves: 'the other and the product, where they are small',
    a: [5, 40],
    b: [5, 2],
    moved: [
      [5, 2],
      [2, 40],
    ],
  },
  { moves: 'the product, where the other is transposed too', a: [5, 9], b: [3, 5], moved: [[3, 9]] },
])('the cpu target has no product with a transposed first operand: it moves $moves', async ({ a, b, moved }) => {
  const graph = new Graph()
  const operands = [graph.input('a', 'float32', a), graph.input('b', 'float32', b)] as const
  graph.output('y', matmul(...operands, { transposeA: true, transposeB: a[0] !== b[0] }))
  const model = toOnnx(graph, { target: 'cpu' })
  expect(transposedFirstOperands(model)).toBe(0)
  expect(transpositionsOf(model)).toEqual(moved)
  const feeds = { a: counting(a), b: counting(b) }
  const portable = toOnnx(graph, { target: 'portable' })
  expect(transposedFirstOperands(portable)).toBe(1)
  expect(await runOnnx(model, feeds)).toEqual(await runOnnx(portable, feeds))
})

test('so it does for any number of rows, which only the run tells', async () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [6, 'rows'])
  graph.output('y', matmul(x, graph.input('w', 'float32', [6, 2]), { transposeA: true }))
  const [model, portable] = (['cpu', 'portable'] as const).map((target) => toOnnx(graph, { target }))
  expect(transposedFirstOperands(model)).toBe(0)
  for (const rows of [1, 3, 50]) {
    const feeds = { x: counting([6, rows]), w: counting([6, 2]) }
    expect(await runOnnx(model, feeds)).toEqual(await runOnnx(portable, feeds))
  }
})

function transposedFirstOperands(model: Uint8Array): number {
  const { node } = fromBinary(ModelProtoSchema, model).graph!
  return node.filter(({ attribute }) => attribute.some(({ name, i }) => name === 'transA' && i === 1n)).length
}

/** The matrices that Transpose exchanges, by the shapes that they are given before. */
function transpositionsOf(model: Uint8Array): number[][] {
  const { node, initializer } = fromBinary(ModelProtoSchema, model).graph!
  return node
    .filter(({ opType }) => opType === 'Transpose')
    .map(({ input: [x] }) => {
      const [, shape] = node.find(({ output }) => output[0] === x)!.input
      const { rawData } = initializer.find(({ name }) => name === shape)!
      return [...new BigInt64Array(rawData.slice().buffer)].map(Number).slice(1)
    })
}

function counting(shape: readonly number[]): { data: number[]; shape: readonly number[] } {
  return { data: Array.from({ length: shape[0] * shape[1] }, (_, index) => (index % 7) - 3), shape }
}

test('symbolic dimensions keep their names in inputs and outputs', () => {
  const { graph } = fromBinary(ModelProtoSchema, toOnnx(blockModel(), { target: 'portable' }))
  const shapeOf = (info: NonNullable<typeof graph>['input'][number]) => {
    const tensor = info.type!.value
    return tensor.case === 'tensorType' ? tensor.value.shape!.dim.map(({ value }) => value.value) : undefined
  }
  expect(shapeOf(graph!.input[0])).toEqual(['batch', 'length'])
  expect(shapeOf(graph!.output[0])).toEqual(['batch', 'length', 5n])
})

test('any value can be an output: an input, a constant, one value under two names, a value read by others', async () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const y = exp(x)
  graph.output('input', x)
  graph.output('also the input', stopGradient(x))
  graph.output('constant', graph.constant([1, 2]))
  graph.output('y', y)
  graph.output('y again', y)
  graph.output('z', add(y, 1))
  for (const optimize of [true, false]) {
    const found = await runOnnx(toOnnx(graph, { target: 'cpu', optimize }), { x: { data: [0, 0], shape: [2] } })
    expect(Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]))).toEqual({
      input: [0, 0],
      'also the input': [0, 0],
      constant: [1, 2],
      y: [1, 1],
      'y again': [1, 1],
      z: [2, 2],
    })
  }
})

test('numbers that only floating point knows survive', async () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [])
  graph.output('infinite', multiply(x, graph.constant([Infinity, -Infinity])))
  graph.output('negative zero', multiply(x, graph.constant([0, -0])))
  const found = await runOnnx(toOnnx(graph, { target: 'cpu' }), { x: { data: [1], shape: [] } })
  expect([...found.infinite.data]).toEqual([Infinity, -Infinity])
  expect([...found['negative zero'].data]).toEqual([0, -0])
})
