import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { Random } from '../../src/main/dataset/random.ts'
import { median } from '../median.ts'
import { behavegpt, buildPage, launchBrowser, openPage, startHost, stop } from './host.ts'
import { type Interaction, watchFor, watchFrames, watchInteractions } from './measure.ts'

/*
 * How does the page feel? Time from start to an interactive page; what clicks and keys take while a training keeps every core busy, on every page, on a
 * comparison of runs over thousands of behaviours, and where people label sequences and ask for predictions; frames while a table of a million events scrolls and a timeline of a million events zooms.
 * In a real browser, without a graphics card.
 *
 *   node bench/ui/run.ts [--events 1000000] [--behaviours 3600] [--starts 5] [--passes 3] [--browser /usr/bin/chromium]
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    behaviours: { type: 'string', default: '3600' },
    starts: { type: 'string', default: '5' },
    passes: { type: 'string', default: '3' },
    browser: { type: 'string', default: process.env.BEHAVEGPT_TEST_BROWSER ?? '/usr/bin/chromium' },
  },
})
const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-ui-'))
const workspace = path.join(folder, 'workspace')
const events = Number(values.events)
const behaviours = Number(values.behaviours).toLocaleString('en')
const oneUser = 'a user with a million events'
/** What leads on from a page, one after the other. */
const doors: Record<string, string[]> = {
  Datasets: ['shop', 'Build a variant'],
  Runs: ['ce'],
  Predict: ['Batch scoring'],
  Review: ['New review'],
  Logs: ['shop'],
}
/** The number of the review that all passes label; the first makes it. */
let review: string | undefined

/** One line of the table, told as soon as it is measured. */
const row = (...texts: [what: string, measured: string, wanted: string]): void =>
  console.log(`| ${texts.join(' | ')} |`)

try {
  await prepare()
  console.log(`\n${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Chromium without a graphics card\n`)
  console.log('| what | measured | wanted |\n| --- | --- | --- |')
  const yardstick = async () =>
    row('yardstick: sorting a million numbers in a page', `${Math.round(await measureSpeed())} ms`, '–')
  await yardstick()
  row('from start of the host to an interactive page, median', `${Math.round(await measureStart())} ms`, '1,500 ms')
  await withHost(async (address, browser) => {
    await tellInteractions(browser, address, 'nothing else running')
    const stopTraining = await train(browser, address)
    try {
      await tellInteractions(browser, address, 'while a training uses all cores')
    } finally {
      await stopTraining()
    }
    const million = `${events.toLocaleString('en')} events`
    row(`scrolling a table of ${million}`, await scrollTable(browser, address), '50 ms a frame')
    row(`zooming a timeline of ${million}`, await zoomTimeline(browser, address), '50 ms a frame')
  })
  await yardstick()
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** A workspace with a simulated log of so many events, a second log in which one user has as many, a dataset to train on, and two evaluated runs over many behaviours. */
async function prepare(): Promise<void> {
  buildPage()
  const users = Math.max(10, Math.round(events / 500))
  behavegpt(workspace, 'simulate', '--events', String(events), '--users', String(users), '--source', 'many users')
  behavegpt(workspace, 'dataset', 'build', '--name', 'bench', '--length', '64')
  await importLog('one user', events, (index) => [
    oneUser,
    1_600_000_000 + index * 90,
    `behaviour ${(index * index) % 41}`,
  ])
  // 100,000 purchases of 2,000 users; item k is about 1/k as frequent as the first.
  await importLog('shop', 100_000, (index) => [
    `user ${index % 2000}`,
    1_600_000_000 + index * 300,
    `item ${Math.floor(Number(values.behaviours) ** new Random(1, index).uniform())}`,
  ])
  behavegpt(workspace, 'dataset', 'build', '--name', 'shop', '--source', 'shop', '--length', '16')
  for (const objective of ['ce', 'dro-kl']) {
    const size = ['--preset', 'nano', '--stream-width', '16', '--steps', '20', '--device', 'cpu']
    behavegpt(workspace, 'train', '--dataset', 'shop', '--run', objective, '--objective', objective, ...size)
    behavegpt(workspace, 'evaluate', '--run', objective, '--bootstrap', '100')
  }
}

/** Writes a log of so many rows and imports it as a source. */
async function importLog(source: string, rows: number, fieldsOf: (index: number) => unknown[]): Promise<void> {
  const file = path.join(folder, 'log.csv')
  const csv = createWriteStream(file)
  csv.write('user,time,event\n')
  for (let index = 0; index < rows; index++) {
    if (!csv.write(`${fieldsOf(index).join(',')}\n`)) await once(csv, 'drain')
  }
  csv.end()
  await once(csv, 'finish')
  behavegpt(workspace, 'import', file, '--source', source)
}

/** How fast a page computes on this machine now, so that runs on a shared one can be compared: milliseconds, the median of five. */
async function measureSpeed(): Promise<number> {
  const browser = await launchBrowser(values.browser)
  const page = await browser.newPage()
  const times: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    times.push(
      await page.evaluate<number>(`(() => {
        let state = 1
        const numbers = Array.from({ length: 1_000_000 }, () => (state = (state * 48271) % 2147483647))
        const started = performance.now()
        numbers.sort((a, b) => a - b)
        return performance.now() - started
      })()`),
    )
  }
  await browser.close()
  return median(times)
}

/** From the start of the host until an empty window of a browser that is open shows the workspace's figures and answers. */
async function measureStart(): Promise<number> {
  const times: number[] = []
  const browser = await launchBrowser(values.browser)
  for (let start = 0; start < Number(values.starts); start++) {
    const page = await (await browser.newContext()).newPage()
    const { shown } = await watchFor(page, '[role="cell"]', 'many users')
    const started = performance.now()
    const running = await startHost(workspace)
    await page.goto(running.address)
    await shown
    times.push(performance.now() - started)
    await page.context().close()
    await stop(running)
  }
  await browser.close()
  return median(times)
}

/** What clicks and keys take, in each of the ways to use the workbench. */
async function tellInteractions(browser: Browser, address: string, when: string): Promise<void> {
  const tell = async (what: string, use: (page: Page) => Promise<void>) =>
    row(`${what}, ${when}`, await inPasses(browser, address, use), '100 ms')
  await tell('every page, the palette, the jobs', useEverything)
  await tell(`comparing runs over ${behaviours} behaviours`, compare)
  await tell('labelling ten sequences by keyboard', label)
  await tell("asking for a user's next behaviour, editing its events", predict)
}

/** What a person does in a minute: look at every page, use the palette, type, sort, open and close the drawer. */
async function useEverything(page: Page): Promise<void> {
  for (const name of ['Explore', 'Datasets', 'Train', 'Runs', 'Predict', 'Review', 'Doctor', 'Settings', 'Logs']) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForTimeout(400)
    for (const door of doors[name] ?? []) {
      await page.locator('main').locator('a, button').getByText(door, { exact: true }).first().click()
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForTimeout(400)
    }
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('behav', { delay: 60 })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+j')
  await page.waitForTimeout(300)
  await page.keyboard.press('Control+j')
  await page.goto(new URL('/explore/events', page.url()).href)
  const table = page.getByRole('table').first()
  await table.waitFor()
  await table.hover()
  for (let turn = 0; turn < 20; turn++) await page.mouse.wheel(0, 400)
  await page.waitForTimeout(500)
}

/** What a person does with a comparison: open it from the list of runs, look at points, draw an area, search and sort, change what is shown, and the theme. */
async function compare(page: Page): Promise<void> {
  await page.goto(new URL('/runs', page.url()).href)
  for (const run of ['ce', 'dro-kl']) await page.getByRole('checkbox', { name: `Choose ${run}`, exact: true }).check()
  await page.getByRole('button', { name: /^Compare/ }).click()
  const chart = page.getByRole('img', { name: /Recall of every behaviour/ })
  await chart.waitFor({ timeout: 120_000 })
  await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached', timeout: 120_000 })
  await chart.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await chart.boundingBox())!
  for (let step = 0; step < 30; step++) await page.mouse.move(x + 60 + step * 8, y + height - 60 - step * 8)
  await page
    .getByRole('region', { name: /Which behaviours gained/ })
    .getByRole('button', { name: 'Select an area' })
    .click()
  await page.mouse.move(x + 70, y + 60)
  await page.mouse.down()
  await page.mouse.move(x + width - 60, y + height - 80, { steps: 12 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Whole chart' }).click()
  const ranking = page.getByRole('region', { name: /Gains and losses/ })
  await ranking.getByRole('textbox').pressSequentially('12', { delay: 80 })
  await ranking.getByRole('button', { name: /^Difference/ }).click()
  await page.getByLabel('at least targets').fill('5')
  await page.keyboard.press('Tab')
  for (const theme of ['dark', "the system's"]) {
    await page.keyboard.press('Control+k')
    await page.keyboard.type(`Appearance: ${theme}`)
    await page.keyboard.press('Enter')
    await page.waitForTimeout(500)
  }
}

/** What a labeler does: an event, a span and a sequence get their labels, the next sequence comes; a note, and back. */
async function label(page: Page): Promise<void> {
  await page.goto(new URL(`/review/${await reviewOf(page)}?reviewer=${Date.now()}`, page.url()).href)
  await page.getByRole('listbox').waitFor()
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key)
      await page.waitForTimeout(90)
    }
  }
  for (let sequence = 0; sequence < 10; sequence++)
    await press('1', '2', 'j', 'Shift+ArrowDown', 'Shift+J', '3', 'Enter')
  await press('f', 'n')
  await page.keyboard.type('one person?', { delay: 60 })
  await press('Escape', 'Control+z', 'Control+z', 'Control+Shift+z')
}

/** Makes the review that all passes label, unless it is there. @returns its number. */
async function reviewOf(page: Page): Promise<string> {
  if (review !== undefined) return review
  await page.goto(new URL('/review/new', page.url()).href)
  await page.getByLabel('Name', { exact: true }).fill('bench')
  await page.getByRole('button', { name: 'Create the review' }).click()
  await page.waitForURL(/\/review\/\d+\/overview/, { timeout: 120_000 })
  review = /review\/(\d+)/.exec(page.url())![1]!
  return review
}

/** What a person does who asks a model: finds a user, looks at events of the history, and changes one. */
async function predict(page: Page): Promise<void> {
  await page.goto(new URL('/predict?run=dro-kl', page.url()).href)
  const user = page.getByRole('combobox', { name: 'User' })
  await user.click()
  await user.pressSequentially('user 12', { delay: 80 })
  await page.getByRole('option', { name: /^user 12 / }).waitFor()
  await page.keyboard.press('Enter')
  const events = page.getByRole('region', { name: 'The sequence' }).getByRole('button', { name: /^\d{4}-\d\d-\d\d / })
  await events.last().waitFor()
  await page.waitForTimeout(1000)
  for (const event of [-3, -2, -1]) {
    await events.nth(event).click()
    await page.waitForTimeout(400)
  }
  const behaviour = page.getByRole('group', { name: 'Selected event' }).getByRole('combobox', { name: 'Behaviour' })
  await behaviour.fill('item 7')
  await behaviour.press('Enter')
  await page.waitForTimeout(1000)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.waitForTimeout(500)
}

/** Does it several times, each in a new window that has nothing compiled, and says what its interactions took in words. */
async function inPasses(browser: Browser, address: string, use: (page: Page) => Promise<void>): Promise<string> {
  const all: Interaction[] = []
  for (let pass = 0; pass < Number(values.passes); pass++) {
    const page = await openPage(browser, address, '/logs')
    const finish = await watchInteractions(page)
    await use(page)
    all.push(...(await finish()))
    await page.context().close()
  }
  const sorted = all.sort((left, right) => left.duration - right.duration)
  const { duration, what } = sorted.at(-1)!
  const slow = sorted.filter((interaction) => interaction.duration > 100).length
  const most = sorted[Math.floor(sorted.length * 0.95)]!
  const blocked = Math.round(Math.max(...sorted.map((one) => one.blocked)))
  const pictures = `median ${median(sorted.map((one) => one.duration))} ms, 95 % within ${most.duration} ms, slowest ${duration} ms, ${what} (${slow} of ${sorted.length} over 100 ms)`
  return `blocked for at most ${blocked} ms; picture: ${pictures}`
}

async function scrollTable(browser: Browser, address: string): Promise<string> {
  const page = await openPage(browser, address, '/explore/events')
  const table = page.getByRole('table').first()
  await table.waitFor()
  await table.hover()
  const finish = await watchFrames(page)
  for (let turn = 0; turn < 90; turn++) {
    await page.mouse.wheel(0, turn % 30 === 29 ? 2_000_000 : 700)
    await page.waitForTimeout(33)
  }
  const text = await finish()
  await page.context().close()
  return text
}

async function zoomTimeline(browser: Browser, address: string): Promise<string> {
  const page = await openPage(browser, address, `/explore/user/${encodeURIComponent(oneUser)}`)
  const picture = page.locator('main canvas').first()
  await picture.waitFor()
  await picture.hover()
  const finish = await watchFrames(page)
  await page.keyboard.down('Control')
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, turn < 40 ? -120 : 240)
    await page.waitForTimeout(33)
  }
  await page.keyboard.up('Control')
  const text = await finish()
  await page.context().close()
  return text
}

/** Starts a training that keeps all cores busy, as a person does; returns how to stop it. */
async function train(browser: Browser, address: string): Promise<() => Promise<void>> {
  const page = await openPage(browser, address, '/train?dataset=bench')
  await page.getByRole('radio', { name: /^small/ }).check()
  await page.getByRole('radio', { name: /^cpu / }).check()
  await page.getByLabel('Name of the run').fill('busy')
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByText('training', { exact: true }).first().waitFor({ timeout: 120_000 })
  await page.context().close()
  return async () => {
    const watching = await openPage(browser, address, '/train/busy')
    await watching.getByRole('button', { name: 'Cancel' }).click()
    await watching
      .getByText(/cancelled/i)
      .first()
      .waitFor()
    await watching.context().close()
  }
}

async function withHost(work: (address: string, browser: Browser) => Promise<void>): Promise<void> {
  const running = await startHost(workspace)
  const browser = await launchBrowser(values.browser)
  try {
    await work(running.address, browser)
  } finally {
    await browser.close()
    await stop(running)
  }
}
