import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Graph, scatterAdd, toOnnx } from '../../src/main/graph/index.ts'

test('no update is lost when several threads add to the same rows', async () => {
  const [updates, width, rows] = [4096, 256, 3]
  const graph = new Graph()
  const values = graph.input('values', 'float32', [updates, width])
  const indices = graph.input('indices', 'int32', [updates])
  graph.output('sums', scatterAdd(values, indices, rows))
  const session = await ort.InferenceSession.create(toOnnx(graph, { target: 'cpu' }), { intraOpNumThreads: 4 })
  const ones = new ort.Tensor('float32', new Float32Array(updates * width).fill(1), [updates, width])
  const row = Int32Array.from({ length: updates }, (_, update) => (update * 7919) % rows)
  const counts = [0, 1, 2].map((wanted) => row.filter((found) => found === wanted).length)
  const expected = Float32Array.from({ length: rows * width }, (_, element) => counts[Math.floor(element / width)])
  for (let repetition = 0; repetition < 15; repetition++) {
    const { sums } = await session.run({ values: ones, indices: new ort.Tensor('int32', row, [updates]) })
    expect(sums.data).toEqual(expected)
  }
  await session.release()
})
