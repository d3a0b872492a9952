import { describe, expect, test } from 'vitest'
import { Graph, interpret } from '../../src/main/graph/index.ts'
import { adamW, decayingCount, type OptimizerOptions, stepScalars } from '../../src/main/model/optimizer.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { normalGenerator } from '../../src/main/model/random.ts'
import { scalar, tinyModel, vector } from './support.ts'

const layout = layoutParameters(tinyModel())

function update(options: OptimizerOptions) {
  const graph = new Graph()
  const flat = (name: string) => graph.input(name, 'float32', [layout.count])
  const result = adamW(
    options,
    layout,
    { parameters: flat('parameters'), firstMoment: flat('firstMoment'), secondMoment: flat('secondMoment') },
    flat('gradient'),
    {
      stepSize: graph.input('stepSize', 'float32', []),
      epsilon: graph.input('epsilon', 'float32', []),
      keep: graph.input('keep', 'float32', []),
    },
  )
  graph.output('nextParameters', result.parameters)
  graph.output('nextFirstMoment', result.firstMoment)
  graph.output('nextSecondMoment', result.secondMoment)
  graph.output('gradientNorm', result.gradientNorm)
  return graph
}

describe.each([
  { name: 'weights decay', decayEmbeddings: false, weightDecay: 0.1, gradientClip: 100 },
  { name: 'weights and embeddings decay', decayEmbeddings: true, weightDecay: 0.1, gradientClip: 100 },
  { name: 'nothing decays, the gradient is clipped', decayEmbeddings: false, weightDecay: 0, gradientClip: 1 },
])('AdamW: $name', ({ decayEmbeddings, weightDecay, gradientClip }) => {
  const options: OptimizerOptions = { betas: [0.9, 0.98], weightDecay, decayEmbeddings, gradientClip }

  test('five steps agree with the textbook, element by element', () => {
    const normal = normalGenerator('optimizer test')
    const parameters = Float64Array.from({ length: layout.count }, normal)
    const expected = {
      parameters: parameters.slice(),
      m: new Float64Array(layout.count),
      v: new Float64Array(layout.count),
    }
    const graph = update(options)
    let state: Record<'parameters' | 'firstMoment' | 'secondMoment', Float64Array> = {
      parameters,
      firstMoment: new Float64Array(layout.count),
      secondMoment: new Float64Array(layout.count),
    }
    for (let step = 1; step <= 5; step++) {
      const gradient = Float64Array.from({ length: layout.count }, normal)
      const learningRate = 0.01 * step
      const scalars = stepScalars(options, learningRate, step)
      const result = interpret(graph, {
        parameters: vector(state.parameters),
        firstMoment: vector(state.firstMoment),
        secondMoment: vector(state.secondMoment),
        gradient: vector(gradient),
        stepSize: scalar(scalars.stepSize),
        epsilon: scalar(scalars.epsilon),
        keep: scalar(scalars.keep),
      })
      state = {
        parameters: result.nextParameters.data,
        firstMoment: result.nextFirstMoment.data,
        secondMoment: result.nextSecondMoment.data,
      }

      const norm = Math.hypot(...gradient)
      expect(result.gradientNorm.data[0]).toBeCloseTo(norm, 8)
      const scale = Math.min(1, gradientClip / (norm + 1e-6))
      for (const { kind, offset, size } of layout.slices) {
        const decays = kind === 'weight' || (kind === 'embedding' && decayEmbeddings)
        for (let index = offset; index < offset + size; index++) {
          const g = scale * gradient[index]
          expected.m[index] = 0.9 * expected.m[index] + 0.1 * g
          expected.v[index] = 0.98 * expected.v[index] + 0.02 * g * g
          const m = expected.m[index] / (1 - 0.9 ** step)
          const v = expected.v[index] / (1 - 0.98 ** step)
          expected.parameters[index] -=
            learningRate * (decays ? weightDecay : 0) * expected.parameters[index] +
            (learningRate * m) / (Math.sqrt(v) + 1e-8)
        }
      }
      state.parameters.forEach((value, index) => {
        expect(Math.abs(value - expected.parameters[index])).toBeLessThan(1e-10)
      })
    }
  })
})

test('biases never decay', () => {
  const all = { betas: [0.9, 0.98], weightDecay: 1, decayEmbeddings: true, gradientClip: 1 } as const
  const never = layout.slices.filter(({ kind }) => kind === 'bias')
  expect(Math.min(...never.map(({ offset }) => offset))).toBe(decayingCount(all, layout))
})
