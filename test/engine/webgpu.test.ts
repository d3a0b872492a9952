import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { probeDevices } from '../../src/main/engine/doctor.ts'
import { render } from '../../src/shared/phrase.ts'

/*
 * The webgpu device on SwiftShader, the software Vulkan of Debian's chromium: correctness only, it is about 100 times slower than the cpu.
 */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const loader = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1'
const missing = !existsSync(driver)
  ? `${driver} (Debian: chromium)`
  : !existsSync(loader)
    ? 'the Vulkan loader (Debian: libvulkan1)'
    : undefined
if (missing !== undefined) console.log(`webgpu is not tested: ${missing} is missing`)

describe.skipIf(missing !== undefined)('webgpu on a software driver', () => {
  const runtime = mkdtempSync(join(tmpdir(), 'behavegpt-webgpu-'))
  const before = { ...process.env }
  Object.assign(process.env, { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: runtime })
  afterAll(() => {
    for (const name of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'XDG_RUNTIME_DIR']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
    rmSync(runtime, { recursive: true, force: true })
  })

  test('training steps with the state in GPU buffers agree with the cpu', { timeout: 420_000 }, async () => {
    const [finding] = await probeDevices({ devices: ['webgpu'], timeoutSeconds: 100, threads: 1 })
    expect(finding, render(finding.reason)).toMatchObject({ device: 'webgpu', works: true })
    expect(finding.difference).toBeLessThan(1e-3)
  })
})
