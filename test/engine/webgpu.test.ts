import { afterAll, describe, expect, test } from 'vitest'
import { chooseDevice } from '../../src/main/engine/doctor.ts'
import { render } from '../../src/shared/phrase.ts'
import { noSoftwareVulkan, useSoftwareVulkan } from '../support/software-vulkan.ts'

describe.skipIf(noSoftwareVulkan !== undefined)('webgpu on a software driver', () => {
  const vulkan = useSoftwareVulkan()
  afterAll(() => vulkan[Symbol.dispose]())

  test('training steps with the state in GPU buffers agree with the cpu', { timeout: 240_000 }, async () => {
    // Refused unless the parameters after three steps are the cpu's.
    const { device, reason } = await chooseDevice('webgpu', { timeoutSeconds: 100, threads: 1 })
    expect(device).toBe('webgpu')
    expect(render(reason)).toMatch(/agree with the cpu to [\d.]+e-[4-9]/)
  })
})
