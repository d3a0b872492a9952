import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { median } from '../median.ts'
import { behavegpt, buildPage, launchBrowser, openPage, startHost, stop } from './host.ts'
import { longestTask } from './measure.ts'

/*
 * How long is the longest task of each page that is opened by a link in a new window? That is what a click can have to wait for. In computing time of the page's main thread, which other
 * work on the machine does not change; medians.
 *
 *   node bench/ui/tasks.ts [--rounds 3] [--events 100000] [--browser /usr/bin/chromium] [--before FOLDER]
 *
 * --before: another checkout, built, that is measured in turn with this one.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '100000' },
    browser: { type: 'string', default: process.env.BEHAVEGPT_TEST_BROWSER ?? '/usr/bin/chromium' },
    before: { type: 'string' },
  },
})
const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-tasks-'))
const workspace = path.join(folder, 'workspace')
const root = path.join(import.meta.dirname, '../..')
const checkouts = values.before === undefined ? [root] : [path.resolve(values.before), root]

try {
  prepare()
  const tasks = new Map<string, number[][]>()
  const places = await inBrowser(root, reviewAndPlaces)
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [index, checkout] of checkouts.entries()) {
      await inBrowser(checkout, async (open) => {
        for (const [name, place] of Object.entries(places)) {
          const taken = tasks.get(name) ?? checkouts.map(() => [])
          taken[index]!.push(await longestTask(await open(), place))
          tasks.set(name, taken)
        }
      })
    }
  }
  console.log(`| page | ${checkouts.length > 1 ? 'before | after |' : 'longest task |'}`)
  console.log(`| --- |${' --- |'.repeat(checkouts.length)}`)
  for (const [name, taken] of tasks)
    console.log(`| ${name} | ${taken.map((one) => `${Math.round(median(one))} ms`).join(' | ')} |`)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** A simulated log, a dataset and two evaluated runs on it. */
function prepare(): void {
  buildPage()
  behavegpt(workspace, 'simulate', '--events', values.events, '--users', '1000')
  behavegpt(workspace, 'dataset', 'build', '--name', 'bench', '--length', '32')
  for (const objective of ['ce', 'dro-kl']) {
    const size = ['--preset', 'nano', '--stream-width', '16', '--steps', '20', '--device', 'cpu']
    behavegpt(workspace, 'train', '--dataset', 'bench', '--run', objective, '--objective', objective, ...size)
    behavegpt(workspace, 'evaluate', '--run', objective, '--bootstrap', '100')
  }
}

/** Makes a review, and looks up the addresses of the pages. */
async function reviewAndPlaces(open: () => Promise<Page>): Promise<Record<string, string>> {
  const page = await open()
  const goTo = (place: string) => page.goto(new URL(place, page.url()).href)
  const addressOf = async (list: string, link: string) => {
    await goTo(list)
    return (await page.locator('main').getByRole('link', { name: link, exact: true }).first().getAttribute('href'))!
  }
  const source = await addressOf('/logs', 'simulated')
  const dataset = await addressOf('/datasets', 'bench')
  await goTo('/explore/events')
  const user = (await page.locator('a[href^="/explore/user/"]').first().getAttribute('href'))!
  await goTo('/review/new')
  await page.getByLabel('Name', { exact: true }).fill('bench')
  await page.getByRole('button', { name: 'Create the review' }).click()
  await page.waitForURL(/\/review\/\d+\/overview/, { timeout: 120_000 })
  const review = new URL(page.url()).pathname
  return {
    logs: '/logs',
    'one source': source,
    'import of a log': '/logs/import',
    explore: '/explore',
    'table of events': '/explore/events',
    'one user': user,
    datasets: '/datasets',
    'one dataset': dataset,
    'new dataset': '/datasets/new',
    train: '/train',
    'one training': '/train/ce',
    runs: '/runs',
    'one run': '/runs/ce',
    'comparison of runs': '/runs/compare?runs=ce,dro-kl',
    predict: '/predict?run=ce',
    scores: '/predict/scores?run=ce',
    review: '/review',
    'new review': '/review/new',
    'overview of a review': review,
    'desk of a review': `${review.replace('/overview', '')}?reviewer=bench`,
    doctor: '/doctor',
    settings: '/settings',
  }
}

async function inBrowser<Result>(
  checkout: string,
  work: (open: () => Promise<Page>) => Promise<Result>,
): Promise<Result> {
  const running = await startHost(workspace, checkout)
  const browser: Browser = await launchBrowser(values.browser)
  try {
    return await work(() => openPage(browser, running.address, '/welcome'))
  } finally {
    await browser.close()
    await stop(running)
  }
}
