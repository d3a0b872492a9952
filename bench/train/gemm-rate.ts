import { createRunner } from '../../src/main/engine/runner.ts'
import { Graph, gemm, multiply, reduceSum } from '../../src/main/graph/index.ts'
import { compileGraph } from '../../src/main/model/compile.ts'

/**
 * Floating point operations per second of a chain of matrix products of the small preset's widest layer (4096 x 256 x 1024 and back),
 * the best of several runs: the roof of the training step on this machine, now.
 */
export async function measureGemmRate(threads: number): Promise<number> {
  const [rows, width, repetitions] = [4096, 256, 8]
  const graph = new Graph()
  let x = graph.input('x', 'float32', [rows, width])
  for (let index = 0; index < repetitions; index++) {
    const up = graph.input(`up${index}`, 'float32', [width, 4 * width])
    const down = graph.input(`down${index}`, 'float32', [4 * width, width])
    x = gemm(gemm(x, up), down)
  }
  graph.output('sum', reduceSum(multiply(x, x)))
  const compiled = compileGraph(graph, { target: 'cpu' })
  const runner = await createRunner({ device: 'cpu', threads, graphs: { product: compiled } })
  const feeds = Object.fromEntries(
    compiled.inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: Number(shape[0]) * Number(shape[1]) }, (_, index) => Math.sin(index) / 8),
    ]),
  )
  let fastest = Number.POSITIVE_INFINITY
  for (let run = 0; run < 12; run++) {
    const start = performance.now()
    await runner.run('product', feeds)
    fastest = Math.min(fastest, (performance.now() - start) / 1000)
  }
  await runner.dispose()
  return (2 * 2 * repetitions * rows * width * 4 * width) / fastest
}
