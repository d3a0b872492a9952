import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { chooseDevice, probeDevices } from '../../src/main/engine/doctor.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import { phrase, render } from '../../src/shared/phrase.ts'

const script = (name: string) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
const crashing = { script: script('crashing-probe'), timeoutSeconds: 1 }

describe('findings', () => {
  test('the cpu works: a real probe trains, agrees with itself and measures a rate', async () => {
    const [finding] = await probeDevices({ devices: ['cpu'], threads: 1 })
    expect(finding).toMatchObject({ device: 'cpu', works: true, difference: 0 })
    expect(finding.tokensPerSecond).toBeGreaterThan(0)
    expect(finding.severalSteps).toMatchObject({ stepsPerCall: 10, works: true, difference: 0 })
    expect(finding.severalSteps!.tokensPerSecond).toBeGreaterThan(0)
  })

  test('both rates of a device are told, with one step in each call and with several', async () => {
    const [webgpu] = await probeDevices({ script: script('fast-probe'), devices: ['webgpu'] })
    expect(webgpu).toMatchObject({ tokensPerSecond: 9000, severalSteps: { stepsPerCall: 10, tokensPerSecond: 13_500 } })
  })

  test('a device that fails with several steps only works, and the finding says so', async () => {
    const [webgpu] = await probeDevices({ script: script('single-step-probe'), devices: ['webgpu'] })
    expect(webgpu).toMatchObject({ works: true, tokensPerSecond: 9000, severalSteps: { works: false } })
    expect(render(webgpu.severalSteps!.reason)).toContain('SIGABRT): driver: no loops here')
  })

  test('a probe that dies is a finding with its signal, its last words and a remedy', async () => {
    const [cpu, webgpu] = await probeDevices({ ...crashing, devices: ['cpu', 'webgpu'] })
    expect(cpu.works).toBe(true)
    expect(webgpu).toMatchObject({ device: 'webgpu', works: false })
    expect(render(webgpu.reason)).toBe('The probe ended its process (signal SIGSEGV): driver: out of cheese')
    expect(render(webgpu.remedy!)).toMatch(/driver/)
  })

  test.runIf(process.platform === 'linux')('a probe that hangs is killed and is a finding', async () => {
    const [cuda] = await probeDevices({ ...crashing, devices: ['cuda'] })
    expect(cuda.works).toBe(false)
    expect(render(cuda.reason)).toBe('The probe did not answer within 1 seconds')
  })

  test('a device that computes something else does not work', async () => {
    const [webgpu] = await probeDevices({ script: script('wrong-probe'), devices: ['webgpu'] })
    expect(webgpu.works).toBe(false)
    expect(render(webgpu.reason)).toMatch(/differ from the cpu's by 5\.0e-2/)
  })

  test('a provider that ONNX Runtime has on other platforms only is named with its reason', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml'
    const [finding] = await probeDevices({ devices: [absent] })
    expect(finding.works).toBe(false)
    expect(render(finding.reason)).toContain(`has no ${absent} provider`)
    expect(finding.remedy).toBeDefined()
  })
})

describe('choice', () => {
  test('cpu is taken as asked, without a probe', async () => {
    expect(await chooseDevice('cpu', { script: '/nonexistent' })).toEqual({
      device: 'cpu',
      stepsPerCall: 1,
      reason: phrase`cpu, as asked.`,
    })
  })

  test('auto takes the fastest that works and says what else there was', async () => {
    const { device, reason } = await chooseDevice('auto', { script: script('fast-probe') })
    expect(device).toBe('webgpu')
    expect(render(reason)).toMatch(/webgpu, the fastest.*9000 tokens\/s.*cpu 1000 tokens\/s/)
  })

  test('auto takes the cpu when nothing else works, and says so', async () => {
    const { device, reason } = await chooseDevice('auto', { ...crashing })
    expect(device).toBe('cpu')
    expect(render(reason)).toMatch(/no other device works here .*webgpu/)
  })

  test('auto never takes a fast device that computes something else', async () => {
    expect((await chooseDevice('auto', { script: script('wrong-probe') })).device).not.toBe('webgpu')
  })

  test('an asked device that does not work is an error with reason and remedy, never another device', async () => {
    const refusal = await chooseDevice('webgpu', crashing).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(WorkbenchError)
    expect(refusal).toMatchObject({ code: 'device', message: expect.stringContaining('SIGSEGV') })
    expect((refusal as WorkbenchError).hint).toBeDefined()
  })

  describe('of the steps in each call', () => {
    const fast = { script: script('fast-probe'), stepsPerCall: 'auto' } as const
    const single = { script: script('single-step-probe') }

    test('is 1, and tried with 1, where nothing is trained or the state is resident', async () => {
      expect(await chooseDevice('webgpu', fast)).toMatchObject({ stepsPerCall: 1 })
      expect(await chooseDevice('cpu', fast)).toMatchObject({ stepsPerCall: 1 })
      expect(await chooseDevice('webgpu', single)).toMatchObject({ stepsPerCall: 1 })
    })

    test.runIf(process.platform === 'linux')('is several on cuda, whose rate with several counts', async () => {
      const { device, stepsPerCall, reason } = await chooseDevice('auto', fast)
      expect({ device, stepsPerCall }).toEqual({ device: 'cuda', stepsPerCall: 10 })
      expect(render(reason)).toMatch(/cuda, the fastest.*12000 tokens\/s.*webgpu 9000 tokens\/s/)
    })

    test.runIf(process.platform === 'linux')('is 1 on a cuda that fails with several, and says why', async () => {
      const choice = await chooseDevice('cuda', { ...single, stepsPerCall: 'auto' })
      expect(choice.stepsPerCall).toBe(1)
      expect(render(choice.reason)).toMatch(/one step in each call, since 10 fail: .*no loops here/)
    })

    test('that was asked for is an error where it fails, never another number', async () => {
      await expect(chooseDevice('webgpu', { ...single, stepsPerCall: 4 })).rejects.toMatchObject({
        code: 'device',
        message: expect.stringMatching(/webgpu does not work here with 4 steps in each call\. .*no loops here/),
      })
      expect(await chooseDevice('webgpu', { ...fast, stepsPerCall: 4 })).toMatchObject({ stepsPerCall: 4 })
    })
  })

  test('cancelling kills the probe', async () => {
    const controller = new AbortController()
    const choice = chooseDevice('cuda', { script: script('crashing-probe'), signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    if (process.platform === 'linux') await expect(choice).rejects.toMatchObject({ code: 'cancelled' })
    else await expect(choice).rejects.toMatchObject({ code: 'device' })
  })
})
