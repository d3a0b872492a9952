import { describe, expect, test } from 'vitest'
import { resolveModel } from '../../src/main/model/configuration.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { describeMemory, estimateMemory } from '../../src/main/training/estimate.ts'
import { modelOptions, type PresetName } from '../../src/shared/configuration.ts'
import { render } from '../../src/shared/phrase.ts'

interface Changes {
  preset?: PresetName
  batch?: number
  length?: number
  accumulation?: number
  stepsPerCall?: number
}

function estimate(changes: Changes = {}) {
  const { preset = 'nano', batch = 8, length = 16, accumulation = 1, stepsPerCall = 1 } = changes
  const model = resolveModel(modelOptions.parse({ preset }), { behaviours: 50, locations: 20, slots: 48, length })
  const optimizer = { betas: [0.9, 0.98] as const, weightDecay: 0.01, decayEmbeddings: false, gradientClip: 1 }
  const options = { model, batch, length, objective: { shift: false }, optimizer, seed: 1, accumulation, stepsPerCall }
  return { ...estimateMemory(options, batch), parameters: layoutParameters(model).count }
}

describe('the memory of a training', () => {
  test('holds parameters and both moments, and pending gradients where they are accumulated', () => {
    const { state, parameters } = estimate()
    expect(state).toBe(12 * parameters)
    expect(estimate({ accumulation: 2 }).state).toBe(16 * parameters)
  })

  test('holds twice more what the steps of one call hand to each other: all of it, or the pending gradients', () => {
    const { state, parameters, total } = estimate({ stepsPerCall: 10 })
    expect(state).toBe(36 * parameters)
    expect(total - estimate().total).toBe(24 * parameters)
    expect(estimate({ accumulation: 2, stepsPerCall: 10 }).state).toBe(24 * parameters)
  })

  test('grows with the batch, with the square of the length, and with the model', () => {
    const { activations } = estimate({ batch: 64 })
    expect(estimate({ batch: 128 }).activations / activations).toBeGreaterThan(1.8)
    expect(estimate({ batch: 128 }).activations / activations).toBeLessThan(2)
    expect(estimate({ length: 512 }).activations / estimate({ length: 256 }).activations).toBeGreaterThan(2.5)
    expect(estimate({ preset: 'tiny', batch: 64 }).activations).toBeGreaterThan(activations)
  })
})

describe('what is said about it', () => {
  const gigabyte = 1e9
  const memory = { state: gigabyte, activations: 2 * gigabyte, total: 4 * gigabyte }
  const sizes = { batch: 64, length: 128 }
  const say = (installed: number, available: number) =>
    render(describeMemory(memory, sizes, 'cpu', { installed: installed * gigabyte, available: available * gigabyte }))

  test('all parts, where there is enough', () => {
    expect(say(8, 6)).toBe(
      'The training needs about 4.0 GB of memory (parameters and optimizer 1.0 GB, activations of 64 × 128 events 2.0 GB, ONNX Runtime and its buffers 1.0 GB).',
    )
  })

  test('what is free, where it is too little', () => {
    expect(say(8, 3)).toMatch(/only 3\.0 GB are free.*--batch/)
  })

  test('a training that the machine cannot hold is refused with what to change', () => {
    expect(() => say(3, 3)).toThrow(/needs about 4\.0 GB.*this machine has 3\.0 GB/)
  })

  test('only the part that another device holds, whose memory nobody knows', () => {
    expect(render(describeMemory(memory, sizes, 'webgpu'))).toMatch(/about 3\.0 GB of the memory of webgpu/)
  })
})
