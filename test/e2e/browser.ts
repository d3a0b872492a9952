import { type Browser, chromium } from 'playwright-core'
// @ts-expect-error plain JavaScript, which an old system Node can run too
import { browserCandidates, findBrowser } from '../../scripts/test-programs.mjs'

/** The browser's program; undefined where there is none, and then the scenarios that need it are skipped with this reason. */
export const browserProgram: string | undefined = findBrowser()
export const skipReason = `no Chromium in ${browserCandidates.join(', ')}: install it (apt-get install chromium) or name one in BEHAVEGPT_TEST_BROWSER`
if (browserProgram === undefined) console.warn(`Scenarios in a browser are skipped: ${skipReason}`)

let launched: Promise<Browser> | undefined

/** The browser of this process, which ends with it. What is apart belongs into contexts of their own. */
export function sharedBrowser(): Promise<Browser> {
  // Chromium's own sandbox cannot be had by root in a container; the page under test is ours.
  launched ??= chromium.launch({ executablePath: browserProgram, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  return launched
}
