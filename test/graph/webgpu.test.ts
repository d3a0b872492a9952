import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { interpret, toOnnx } from '../../src/main/graph/index.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { constantLike, differentiable } from './support/cases.ts'
import { difference, instantiate, propertySeed } from './support/evaluation.ts'

/** Software Vulkan, as Debian's chromium package brings it: slow, but every shader really runs. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const loader = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1'
const missing = [softwareDriver, loader].filter((path) => !existsSync(path))
if (missing.length > 0) console.log(`Skipping the operations on webgpu: no ${missing.join(', no ')}.`)

process.env.VK_DRIVER_FILES = softwareDriver
process.env.VK_ICD_FILENAMES = softwareDriver
process.env.XDG_RUNTIME_DIR ??= tmpdir()

describe.skipIf(missing.length > 0)('on webgpu', () => {
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
