import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import type { Browser, Page } from 'playwright-core'
import { writeLargeLog } from '../../test/support/large-log.ts'
import { behavegpt, buildPage, launchBrowser, openPage, type RunningHost, startHost, stop } from './host.ts'

/*
 * A large log: a CSV file of 300 MB goes through the page (upload, preview, import with progress), and every page of a workspace of 10 million events is opened.
 * What is measured: how long each takes, the slowest procedure, and the memory of the host's process. Needs about 4 GB of disk.
 *
 *   node bench/ui/large.ts [--megabytes 300] [--events 10000000] [--browser /usr/bin/chromium]
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '300' },
    events: { type: 'string', default: '10000000' },
    browser: { type: 'string', default: process.env.BEHAVEGPT_TEST_BROWSER ?? '/usr/bin/chromium' },
  },
})
const megabytes = Number(values.megabytes)
const wantedEvents = Number(values.events)
const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-large-'))
const workspace = path.join(folder, 'workspace')
const patience = 1_800_000
const rows: [what: string, measured: string][] = []

try {
  buildPage()
  const file = path.join(folder, 'large.csv')
  const written = await writeLargeLog(file, 'user', (count, bytes) => bytes < megabytes * 1e6 && count < wantedEvents)
  const running = await startHost(workspace)
  const browser = await launchBrowser(values.browser)
  try {
    await importThroughPage(browser, running, file)
    rmSync(file)
    await fill(wantedEvents - written.rows)
    await openEveryPage(browser, running)
    rows.push(['most memory of the host process in all', `${peakMegabytes(running.host.pid!)} MB`])
  } finally {
    await browser.close()
    await stop(running)
  }
  console.log(`\n${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Chromium without a graphics card\n`)
  console.log('| what | measured |\n| --- | --- |')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function importThroughPage(browser: Browser, { host, address }: RunningHost, file: string): Promise<void> {
  const page = await openPage(browser, address, '/logs/import')
  page.setDefaultTimeout(patience)
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose files' }).click()
  const megabytesOfFile = Math.round(statSync(file).size / 1e6)
  let from = performance.now()
  await (await chooser).setFiles(file)
  await page.getByText('How are they read?').waitFor()
  rows.push([`upload of ${megabytesOfFile} MB, until its columns are shown`, seconds(from)])
  from = performance.now()
  await page.getByText('The first rows, as they would be stored').waitFor()
  rows.push(['preview of it', seconds(from)])
  from = performance.now()
  const watch = watchProgress(page)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
  rows.push(['import of it', seconds(from)])
  rows.push(['longest time without news of its progress', `${((await watch()) / 1000).toFixed(1)} s`])
  rows.push(['most memory of the host process until then', `${peakMegabytes(host.pid!)} MB`])
  await page.context().close()
}

/** Listens for news of a running job. @returns how to end, which gives the longest silence in ms. */
function watchProgress(page: Page): () => Promise<number> {
  const observing = page.evaluate(`{
    let last
    window.longestSilence = 0
    new MutationObserver(() => {
      if (!document.querySelector('main progress')) return
      const now = performance.now()
      if (last !== undefined) longestSilence = Math.max(longestSilence, now - last)
      last = now
    }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true })
    undefined
  }`)
  return async () => {
    await observing
    return (await page.evaluate('longestSilence')) as number
  }
}

/** So many more events, a dataset of all, and a small run. */
async function fill(events: number): Promise<void> {
  if (events > 0) {
    const file = path.join(folder, 'more.csv')
    await writeLargeLog(file, 'person', (count) => count < events)
    behavegpt(workspace, 'import', file)
    rmSync(file)
  }
  const from = performance.now()
  behavegpt(workspace, 'dataset', 'build', '--name', 'large', '--length', '64')
  rows.push([`building a dataset of ${wantedEvents.toLocaleString('en')} events (command line)`, seconds(from)])
  const size = ['--preset', 'nano', '--steps', '20', '--batch', '16', '--device', 'cpu', '--evaluate-every', '20']
  behavegpt(workspace, 'train', '--dataset', 'large', '--run', 'short', ...size)
}

async function openEveryPage(browser: Browser, { address }: RunningHost): Promise<void> {
  const page = await openPage(browser, address, '/settings')
  page.setDefaultTimeout(patience)
  const procedures = watchProcedures(page)
  for (const [name, place] of Object.entries(places())) {
    const from = performance.now()
    await page.goto(new URL(place, address).href)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    const shown = performance.now()
    const { last, slowest } = await procedures.settled()
    rows.push([
      `opening ${name}`,
      `heading ${seconds(from, shown)}, complete ${seconds(from, Math.max(shown, last))}; ${slowest}`,
    ])
  }
  await page.context().close()
}

/** Every page of the workspace as it is now. */
function places(): Record<string, string> {
  const database = new Database(path.join(workspace, 'workbench.db'), { readonly: true })
  const first = (query: string) => database.prepare(query).pluck().get() as string
  const run = first('SELECT id FROM runs')
  const user = first('SELECT name FROM users')
  const behaviour = encodeURIComponent(first('SELECT name FROM behaviours'))
  const places = {
    logs: '/logs',
    'one source': `/logs/${first('SELECT id FROM sources')}`,
    explore: '/explore',
    'the table of events': '/explore/events',
    'one user': `/explore/user/${user}`,
    'one behaviour': `/explore/behaviour/${behaviour}`,
    datasets: '/datasets',
    'new dataset': '/datasets/new',
    'one dataset': `/datasets/${first('SELECT id FROM datasets')}`,
    train: '/train?dataset=large',
    'one training': `/train/${run}`,
    runs: '/runs',
    'one run': `/runs/${run}`,
    'prediction for a user': `/predict?run=${run}&user=${user}`,
    review: '/review',
    'new review': '/review/new',
    doctor: '/doctor',
    settings: '/settings',
  }
  database.close()
  return places
}

/** Times every question of a page to its answer. `settled` waits until all are answered and tells when that was and the slowest since it was last asked. */
function watchProcedures(page: Page) {
  const quietMilliseconds = 500
  const asked = new Map<string, { name: string; at: number }>()
  let slowest = { name: '', milliseconds: 0 }
  let last = 0
  page.on('websocket', (socket) => {
    asked.clear()
    socket.on('framesent', ({ payload }) => {
      const { i, p } = JSON.parse(String(payload))
      // A subscription is never answered to the end.
      if (p?.u !== undefined && p.u !== '/jobs/watch') asked.set(i, { name: p.u, at: performance.now() })
      else if (p?.u === undefined) asked.delete(i)
    })
    socket.on('framereceived', ({ payload }) => {
      const { i } = JSON.parse(String(payload))
      const question = asked.get(i)
      if (question === undefined) return
      asked.delete(i)
      last = performance.now()
      const milliseconds = last - question.at
      if (milliseconds > slowest.milliseconds) slowest = { name: question.name, milliseconds }
    })
  })
  return {
    async settled() {
      while (asked.size > 0 || performance.now() - last < quietMilliseconds) await page.waitForTimeout(50)
      const { name, milliseconds } = slowest
      slowest = { name: '', milliseconds: 0 }
      return {
        last,
        slowest: `slowest procedure ${name.slice(1).replace('/', '.')}, ${Math.round(milliseconds)} ms`,
      }
    },
  }
}

/** The most memory that a process has had (Linux), in MB. */
function peakMegabytes(pid: number): number {
  if (!readdirSync('/proc').includes(String(pid))) return Number.NaN
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1000)
}

function seconds(from: number, until = performance.now()): string {
  return `${((until - from) / 1000).toFixed(1)} s`
}
