import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { chooseDevice, probeDevices } from '../../src/main/engine/doctor.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'

const script = (name: string) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
const crashing = { script: script('crashing-probe'), timeoutSeconds: 1 }

describe('findings', () => {
  test('the cpu works: a real probe trains, agrees with itself and measures a rate', async () => {
    const [finding] = await probeDevices({ devices: ['cpu'], threads: 1 })
    expect(finding).toMatchObject({ device: 'cpu', works: true, difference: 0 })
    expect(finding.tokensPerSecond).toBeGreaterThan(0)
  })

  test('a probe that dies is a finding with its signal, its last words and a remedy', async () => {
    const [cpu, webgpu] = await probeDevices({ ...crashing, devices: ['cpu', 'webgpu'] })
    expect(cpu.works).toBe(true)
    expect(webgpu).toMatchObject({ device: 'webgpu', works: false })
    expect(webgpu.reason).toBe('The probe ended its process (signal SIGSEGV): driver: out of cheese')
    expect(webgpu.remedy).toMatch(/driver/)
  })

  test.runIf(process.platform === 'linux')('a probe that hangs is killed and is a finding', async () => {
    const [cuda] = await probeDevices({ ...crashing, devices: ['cuda'] })
    expect(cuda).toMatchObject({ works: false, reason: 'The probe did not answer within 1 seconds' })
  })

  test('a device that computes something else does not work', async () => {
    const [webgpu] = await probeDevices({ script: script('wrong-probe'), devices: ['webgpu'] })
    expect(webgpu.works).toBe(false)
    expect(webgpu.reason).toMatch(/differ from the cpu's by 5\.0e-2/)
  })

  test('a provider that ONNX Runtime has on other platforms only is named with its reason', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml'
    const [finding] = await probeDevices({ devices: [absent] })
    expect(finding).toMatchObject({ works: false, reason: expect.stringContaining(`has no ${absent} provider`) })
    expect(finding.remedy).toBeDefined()
  })
})

describe('choice', () => {
  test('cpu is taken as asked, without a probe', async () => {
    expect(await chooseDevice('cpu', { script: '/nonexistent' })).toEqual({ device: 'cpu', reason: 'cpu, as asked.' })
  })

  test('auto takes the fastest that works and says what else there was', async () => {
    const { device, reason } = await chooseDevice('auto', { script: script('fast-probe') })
    expect(device).toBe('webgpu')
    expect(reason).toMatch(/webgpu, the fastest.*9000 tokens\/s.*cpu 1000 tokens\/s/)
  })

  test('auto takes the cpu when nothing else works, and says so', async () => {
    const { device, reason } = await chooseDevice('auto', { ...crashing })
    expect(device).toBe('cpu')
    expect(reason).toMatch(/no other device works here .*webgpu/)
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

  test('cancelling kills the probe', async () => {
    const controller = new AbortController()
    const choice = chooseDevice('cuda', { script: script('crashing-probe'), signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    if (process.platform === 'linux') await expect(choice).rejects.toMatchObject({ code: 'cancelled' })
    else await expect(choice).rejects.toMatchObject({ code: 'device' })
  })
})
