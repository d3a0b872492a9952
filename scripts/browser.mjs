// Makes sure that the scenarios of the tests find a browser: Debian's Chromium, installed where that can be done without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Where Chromium may be; the first that exists is taken. */
export const candidates = [
  process.env.BEHAVEGPT_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((file) => file !== undefined)

/** The browser's program; undefined where there is none. */
export const findBrowser = () => candidates.find((file) => existsSync(file))

/** Installs Chromium as root on Debian and its relatives; elsewhere says how to get it. Never fails: without a browser its scenarios are skipped. */
export function installBrowser() {
  if (findBrowser() !== undefined) return
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!canInstall) {
    console.log('No Chromium here: the scenarios in a browser will be skipped. On Debian: apt-get install chromium')
    return
  }
  console.log('Installing Chromium (apt-get install chromium) for the scenarios in a browser ...')
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const attempt = (...words) => spawnSync('apt-get', words, options).status === 0
  const install = () => attempt('install', '-y', '-qq', '--no-install-recommends', 'chromium')
  // The list of packages may be missing or out of date.
  const done = install() || (attempt('update', '-qq') && install())
  if (!done) console.log('Chromium could not be installed: the scenarios in a browser will be skipped.')
}
