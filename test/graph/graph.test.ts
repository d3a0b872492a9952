import { describe, expect, test } from 'vitest'
import {
  addDimensions,
  divideDimensions,
  multiplyDimensions,
  resolveDimension,
} from '../../src/main/graph/dimensions.ts'
import {
  add,
  cast,
  concat,
  crossEntropy,
  exp,
  expand,
  filled,
  Graph,
  GraphError,
  gather,
  gemm,
  interpret,
  layerNormalization,
  linear,
  matmul,
  pick,
  reshape,
  scatterAdd,
  slice,
  split,
  squeeze,
  top,
  transpose,
  type Value,
  where,
} from '../../src/main/graph/index.ts'

const float = (graph: Graph, name: string, ...shape: (number | string)[]) => graph.input(name, 'float32', shape)

describe('a misfit names the operation and both shapes', () => {
  const cases: [string, (a: Value, b: Value, ids: Value) => unknown][] = [
    ['add: shapes [2, 3] and [4, 5] do not broadcast', (a, b) => add(a, b)],
    ['add: float32 [2, 3] and int32 [2] differ in type', (a, _, ids) => add(a, ids)],
    ['exp: int32 [2] where float32 is wanted', (_a, _b, ids) => exp(ids)],
    ['where: float32 [2, 3] where bool is wanted', (a) => where(a, a, a)],
    ['gemm: [2, 3] does not multiply [4, 5]', (a, b) => matmul(a, b)],
    ['gemm: [2, 3] transposed does not multiply [4, 5]', (a, b) => matmul(a, b, { transposeA: true })],
    [
      'matmul: [1, 2, 3] does not multiply [1, 4, 5] transposed',
      (a, b) => matmul(reshape(a, [1, 2, 3]), reshape(b, [1, 4, 5]), { transposeB: true }),
    ],
    [
      'gemm: bias [3] does not fit the product [2, 2]',
      (a) => gemm(a, a, slice(reshape(a, [6]), 0, 0, 3), { transposeB: true }),
    ],
    ['linear: [2, 3] does not multiply a weight of shape [2]', (a, _, ids) => linear(a, cast(ids, 'float32'))],
    ['reshape: [2, 3] does not have the elements of [5]', (a) => reshape(a, [5])],
    ['reshape: [2, 3] cannot be divided into [4, -1]', (a) => reshape(a, [4, -1])],
    ['squeeze: axis 0 of [2, 3] does not have size 1', (a) => squeeze(a, 0)],
    ['transpose: [0, 0] does not permute the axes of [2, 3]', (a) => transpose(a, [0, 0])],
    ['expand: [2, 3] does not broadcast to [2, 1]', (a) => expand(a, [2, 1])],
    ['slice: 1 to 4 is outside axis 1 of [2, 3]', (a) => slice(a, 1, 1, 3)],
    ['concat: float32 [4, 5] does not continue float32 [2, 3] along axis 0', (a, b) => concat([a, b], 0)],
    ['split: sizes [1, 1] do not sum to axis 1 of [2, 3]', (a) => split(a, 1, [1, 1])],
    ['gather: float32 [4, 5] where int32 is wanted', (a, b) => gather(a, b)],
    ['scatterAdd: updates [4, 5] do not begin with the shape of the indices [2]', (_, b, ids) => scatterAdd(b, ids, 3)],
    ['pick: indices [2] are not one for each last axis of [4, 5]', (_, b, ids) => pick(b, ids)],
    ['top: 4 elements do not come out of the last axis of [2, 3]', (a) => top(a, 4)],
    ['crossEntropy: targets [2] are not one for each row of logits [4, 5]', (_, b, ids) => crossEntropy(b, ids)],
    ['layerNormalization: [4, 5] does not fit the last axis of [2, 3]', (a, b) => layerNormalization(a, { scale: b })],
    ['axis 2 is outside a shape of 2 dimensions', (a) => slice(a, 2, 0, 1)],
  ]
  test.each(cases)('%s', (message, build) => {
    const graph = new Graph()
    const [a, b] = [float(graph, 'a', 2, 3), float(graph, 'b', 4, 5)]
    const run = () => build(a, b, graph.input('ids', 'int32', [2]))
    expect(run).toThrow(message)
    expect(run).toThrow(GraphError)
  })
})

describe('a graph', () => {
  test('holds equal nodes once', () => {
    const graph = new Graph()
    const x = float(graph, 'x', 2)
    expect(exp(x)).toBe(exp(x))
    expect(add(x, 1)).toBe(add(x, 1))
    expect(add(x, 1)).not.toBe(add(x, 2))
  })

  test('tells infinite attributes and signed zeros apart', () => {
    const graph = new Graph()
    expect(graph.constant(0)).not.toBe(graph.constant(-0))
    expect(graph.constant(Infinity)).not.toBe(graph.constant(-Infinity))
    expect(filled(graph, [2], Infinity)).not.toBe(filled(graph, [2], -Infinity))
  })

  test('refuses a name twice, values of another graph, and constants of the wrong size', () => {
    const graph = new Graph()
    const x = float(graph, 'x', 2)
    expect(() => float(graph, 'x', 3)).toThrow('input x: an input or output has this name already')
    expect(() => graph.output('x', x)).toThrow('output x: an input or output has this name already')
    expect(() => graph.output('_3', x)).toThrow('this name is kept for computed values')
    expect(() => new Graph().output('y', x)).toThrow('output y belongs to another graph')
    expect(() => add(x, float(new Graph(), 'z', 2))).toThrow('add: an operand belongs to another graph')
    expect(() => graph.constant([1, 2, 3], [2, 2])).toThrow('constant: 3 elements do not fill shape [2, 2]')
    expect(() => float(graph, 'bad', 'a*b')).toThrow('input bad: dimension a*b is neither a size nor a plain name')
  })

  test('refuses an index outside its table when it is interpreted', () => {
    const graph = new Graph()
    graph.output('row', gather(float(graph, 'table', 2, 1), graph.input('ids', 'int32', [1])))
    const feeds = { table: { data: [1, 2], shape: [2, 1] }, ids: { data: [2], shape: [1] } }
    expect(() => interpret(graph, feeds)).toThrow('gather: index 2 is outside 0 to 1')
  })
})

describe('dimensions', () => {
  test('multiply in canonical form', () => {
    expect(multiplyDimensions()).toBe(1)
    expect(multiplyDimensions('length', 2, 'batch', 3)).toBe('6*batch*length')
    expect(multiplyDimensions('batch*length', 'batch')).toBe('batch*batch*length')
    expect(multiplyDimensions('batch', 0)).toBe(0)
  })

  test('divide where the quotient is whole', () => {
    expect(divideDimensions('6*batch*length', '2*batch')).toBe('3*length')
    expect(divideDimensions('batch', 'length')).toBeUndefined()
    expect(divideDimensions(6, 4)).toBeUndefined()
  })

  test('add like terms', () => {
    expect(addDimensions(2, 3)).toBe(5)
    expect(addDimensions('batch', '2*batch')).toBe('3*batch')
    expect(addDimensions('length', 0)).toBe('length')
    expect(
      resolveDimension(
        addDimensions('length', 2, 'batch'),
        new Map([
          ['length', 4],
          ['batch', 3],
        ]),
      ),
    ).toBe(9)
  })
})
