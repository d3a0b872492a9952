import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { interpret, toOnnx } from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { noSoftwareVulkan, useSoftwareVulkan } from '../support/software-vulkan.ts'
import { constantLike, differentiable } from './support/cases.ts'
import { difference, instantiate, propertySeed } from './support/evaluation.ts'

describe.skipIf(noSoftwareVulkan !== undefined)('on webgpu', () => {
  const vulkan = useSoftwareVulkan()
  afterAll(() => vulkan[Symbol.dispose]())

  test.each(Object.entries({ ...differentiable, ...constantLike }))('%s has its value', async (_, arbitrary) => {
    const [instance] = fc.sample(arbitrary, { numRuns: 1, seed: propertySeed })
    const { graph, feeds } = instantiate(instance, propertySeed)
    const model = toOnnx(graph, { target: 'portable', optimize: false })
    const actual = await runOnnx(model, feeds, { executionProviders: ['webgpu'] })
    for (const [name, tensor] of Object.entries(interpret(graph, feeds))) {
      expect(difference(actual[name], tensor)).toBeLessThan(1e-4)
    }
  })
})
