// Makes sure that the tests find the programs of the system that they need: Debian's Chromium for the scenarios in a browser, and the Vulkan
// loader, with which webgpu computes on the software driver that comes with Chromium. Installed where that can be done without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Where Chromium may be; the first that exists is taken. */
export const browserCandidates = [
  process.env.BEHAVEGPT_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((file) => file !== undefined)

/** The browser's program; undefined where there is none. */
export const findBrowser = () => browserCandidates.find((file) => existsSync(file))

/** The software driver of Debian's Chromium, SwiftShader, and the loader that ONNX Runtime opens it with. */
export const softwareVulkan = {
  driver: '/usr/lib/chromium/vk_swiftshader_icd.json',
  loader: '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
}

/** The Debian packages that are missing here. */
function missingPackages() {
  const packages = []
  if (findBrowser() === undefined) packages.push('chromium')
  if (process.arch === 'x64' && !existsSync(softwareVulkan.loader)) packages.push('libvulkan1')
  return packages
}

/** Installs them as root on Debian and its relatives; elsewhere says how to get them. Never fails: tests that need what is not there are skipped. */
export function installTestPrograms() {
  if (process.platform !== 'linux') {
    if (findBrowser() === undefined) console.log('No Chromium here: the scenarios in a browser will be skipped.')
    return
  }
  const packages = missingPackages()
  if (packages.length === 0) return
  const command = `apt-get install ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(`Some tests will be skipped, for want of ${packages.join(' and ')}. On Debian: ${command}`)
    return
  }
  console.log(`Installing what the tests need (${command}) ...`)
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const attempt = (...words) => spawnSync('apt-get', words, options).status === 0
  const install = () => attempt('install', '-y', '-qq', '--no-install-recommends', ...packages)
  // The list of packages may be missing or out of date.
  const done = install() || (attempt('update', '-qq') && install())
  if (!done) console.log('They could not be installed: the tests that need them will be skipped.')
}
