import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error plain JavaScript, which an old system Node can run too
import { softwareVulkan } from '../../scripts/test-programs.mjs'

const { driver, loader }: Record<'driver' | 'loader', string> = softwareVulkan

/** Why webgpu cannot be tested here; undefined where it can. Printed, since a skipped test says nothing. */
export const noSoftwareVulkan: string | undefined = !existsSync(driver)
  ? `${driver} is missing (Debian: chromium)`
  : !existsSync(loader)
    ? `the Vulkan loader ${loader} is missing (Debian: libvulkan1)`
    : undefined
if (noSoftwareVulkan !== undefined) console.log(`webgpu is not tested: ${noSoftwareVulkan}`)

/** Lets webgpu of this process and of its children find no driver but the software one, until it is disposed of. Every shader really runs there, about 100 times slower than on the cpu. */
export function useSoftwareVulkan(): Disposable {
  const runtime = mkdtempSync(join(tmpdir(), 'behavegpt-vulkan-'))
  const settings = { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: runtime }
  const before = { ...process.env }
  Object.assign(process.env, settings)
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(settings)) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
      rmSync(runtime, { recursive: true, force: true })
    },
  }
}
