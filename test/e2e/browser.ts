import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Chromium may be; the first that exists is taken. */
const candidates = [
  process.env.BEHAVEGPT_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((file) => file !== undefined)

/** The browser's program; undefined where there is none, and then the scenarios that need it are skipped with this reason. */
export const browserProgram = candidates.find((file) => existsSync(file))
export const skipReason = `no Chromium in ${candidates.join(', ')}: install it (apt-get install chromium) or name one in BEHAVEGPT_TEST_BROWSER`
if (browserProgram === undefined) console.warn(`Scenarios in a browser are skipped: ${skipReason}`)

export function launchBrowser(): Promise<Browser> {
  // Chromium's own sandbox cannot be had by root in a container; the page under test is ours.
  return chromium.launch({ executablePath: browserProgram, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
