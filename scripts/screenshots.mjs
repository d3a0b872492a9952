// npm run screenshots: pictures of every page with real data. Runs on the project's Node 24.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { chromium } from 'playwright-core'
import { buildIfNeeded } from './build.mjs'
import { freeName } from './free-name.mjs'
import { readOptions } from './options.mjs'
import { node, root } from './setup.mjs'

const usage = `npm run screenshots [-- OPTIONS]      pictures of every page, its menus and dialogs with real data

  --workspace DIR     whose copy is shown (default: the quickstart's, which is made first and takes some minutes)
  --language NAME     of the pages: en or zh-CN (default: en)
  --only PART         only pictures whose name has this part
  --size WxH          of the window, also several times (default: 1440x900 and 1280x720)
  --theme NAME        light or dark, also several times (default: both)
  --output DIR        where the pictures go (default: screenshots)
  --browser FILE      the program (default: $BEHAVEGPT_TEST_BROWSER, else /usr/bin/chromium)
  -h, --help          print this help`
const values = readOptions(usage, {
  workspace: { type: 'string' },
  language: { type: 'string', default: 'en' },
  only: { type: 'string', default: '' },
  size: { type: 'string', multiple: true, default: ['1440x900', '1280x720'] },
  theme: { type: 'string', multiple: true, default: ['light', 'dark'] },
  output: { type: 'string', default: join(root, 'screenshots') },
  browser: { type: 'string', default: process.env.BEHAVEGPT_TEST_BROWSER ?? '/usr/bin/chromium' },
})
/** The log of the picture of the import page: a few rows, some of them bad. */
const log = [
  'user_id,time,app,place',
  ...Array.from({ length: 40 }, (_, row) => {
    const hour = String(6 + (row % 16)).padStart(2, '0')
    const app = ['messages', 'maps', 'music', 'bank'][row % 4]
    return `u${row % 5},2024-03-${String(1 + (row % 28)).padStart(2, '0')}T${hour}:15:00Z,${app},${row % 3 ? 'home' : ''}`
  }),
  'u9,yesterday,maps,home',
  ',2024-03-02T10:00:00Z,music,home',
].join('\n')

/** Stands for the address of the review that is made for the pictures. */
const madeReview = '/review/MADE'

/** Of the first two runs in the table, and of a page's head; by place, since a text is another in every language. */
const chooseRuns = [2, 3].map((row) => `main [role="row"][aria-rowindex="${row}"] input[type="checkbox"]`)
const action = (number) => `.page-actions > button:nth-child(${number})`

if (!existsSync(values.browser)) {
  console.error(`There is no browser at ${values.browser}: install chromium, or name one with --browser.`)
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'behavegpt-screenshots-'))
try {
  const workspace = join(folder, 'workspace')
  if (values.workspace === undefined) command('quickstart', '--workspace', workspace)
  // A copy: pictures are taken while jobs of the page may run, and a review is made for them.
  else cpSync(resolve(values.workspace), workspace, { recursive: true })
  buildIfNeeded()
  await takePictures(workspace)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function takePictures(workspace) {
  const host = spawn(node, [join(root, 'out/main/web.js'), '--workspace', workspace, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise((found) => {
    host.stdout.setEncoding('utf8').on('data', (text) => {
      const [url] = /http:\/\/\S+token=\S+/.exec(text) ?? []
      if (url !== undefined) found(url)
    })
  })
  const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
  const ended = new Promise((ends) => host.on('exit', ends))
  try {
    mkdirSync(values.output, { recursive: true })
    const places = placesOf(workspace).filter(([name]) => name.includes(values.only))
    // Its texts are looked for in English; the pictures' language does not matter to what it makes.
    const isOfReview = places.some(([name]) => name.startsWith('review'))
    const review = isOfReview ? await makeReview(browser, address, workspace) : undefined
    for (const [name, place, prepare] of places)
      await takePicturesOf(browser, address, [name, place.replace(madeReview, review), prepare])
  } finally {
    await browser.close()
    host.kill('SIGTERM')
    await ended
  }
}

/** One place in every theme and size. In each size what is done there is done anew: a menu closes when the window gets another size. */
async function takePicturesOf(browser, address, [name, place, prepare]) {
  const page = await openPage(browser, address, values.language)
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`))
  try {
    for (const size of values.size) {
      const [width, height] = size.split('x').map(Number)
      await page.setViewportSize({ width, height })
      await page.goto(new URL(place, address).href)
      await settle(page)
      await prepare?.(page)
      for (const colorScheme of values.theme) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await settle(page)
        const language = values.language === 'en' ? '' : `-${values.language}`
        const file = join(values.output, `${name}-${colorScheme}-${size}${language}.png`)
        await page.screenshot({ path: file })
        console.log(file)
      }
    }
  } catch (error) {
    console.error(`${name}: ${error.message}`)
    process.exitCode = 1
  } finally {
    await page.context().close()
  }
}

async function openPage(browser, address, locale, storageState) {
  const context = await browser.newContext({ locale, storageState, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(address)
  return page
}

/** Waits until the page has what it asked for. */
async function settle(page) {
  await page.waitForLoadState('networkidle')
  // What is asked for over the socket is not seen as network activity.
  const busy = page.locator('[aria-busy="true"]').first()
  await busy.waitFor({ state: 'detached', timeout: 20_000 }).catch(() => {})
  await page.waitForTimeout(600)
}

/** A review in the copied workspace, with some sequences of two reviewers done. Its address. */
async function makeReview(browser, address, workspace) {
  const page = await openPage(browser, address, 'en')
  await page.goto(new URL('/review/new', address).href)
  await page.getByLabel('Name', { exact: true }).fill(freeReviewName(workspace))
  await page.getByText('Tail first', { exact: true }).click()
  await page.getByLabel('Events per sequence').fill('16')
  await page.getByLabel('Sequences in the queue').fill('40')
  await page.getByRole('button', { name: 'Create the review' }).click()
  await page.waitForURL(/\/review\/\d+\/overview/, { timeout: 120_000 })
  const [review] = /\/review\/\d+/.exec(page.url())
  for (const [reviewer, every] of Object.entries({ Ada: 3, Ben: 2 })) {
    await page.goto(new URL(`${review}?reviewer=${reviewer}`, address).href)
    await page.getByRole('listbox').waitFor()
    for (let number = 1; number <= 12; number++) {
      await page.getByText(`Sequence ${number}`, { exact: true }).waitFor()
      if (number % every === 0) await page.keyboard.press('1')
      if (number % 2 === 0) await page.keyboard.press('2')
      await page.keyboard.press('Enter')
    }
    await page.getByText('Saved', { exact: true }).waitFor()
  }
  await page.context().close()
  return review
}

function freeReviewName(workspace) {
  const database = new Database(join(workspace, 'workbench.db'), { readonly: true })
  try {
    return freeName('Rare behaviours', database.prepare('SELECT name FROM review_projects').pluck().all())
  } finally {
    database.close()
  }
}

/** Takes a label out of the schema while somebody's desk still has its key, and puts it on: a refused action. */
async function putOnRetiredLabel(page) {
  const analyst = await openPage(
    page.context().browser(),
    new URL(page.url()).origin,
    'en',
    await page.context().storageState(),
  )
  await analyst.goto(new URL(`${new URL(page.url()).pathname}/overview`, page.url()).href)
  await settle(analyst)
  const save = async () => {
    await analyst.getByRole('button', { name: 'Save' }).click()
    await settle(analyst)
  }
  const back = analyst.getByRole('button', { name: 'bring back' })
  if (await back.isVisible()) {
    await back.click()
    await save()
    await page.reload()
    await settle(page)
  }
  await analyst.getByRole('button', { name: 'Take the label odd out' }).click()
  await save()
  await analyst.context().close()
  await press('1')(page)
}

/** Starts a training with the settings of the page, lets it learn a fifth of the way, and pauses it. */
async function pauseTraining(page) {
  await page.locator('.page-actions > button').click()
  const bar = page.locator('main .line progress')
  while ((await bar.evaluate(({ value }) => value)) < 0.2) await page.waitForTimeout(200)
  await page.locator(action(3)).click()
  await page.locator('main .n-alert').waitFor({ timeout: 60_000 })
}

/** Tries every device, where that was not done yet, and waits for what is found. */
async function probeDevices(page) {
  const cards = page.locator('.devices > *')
  if ((await cards.count()) === 0) await page.locator(action(1)).click()
  await cards.nth(4).waitFor({ timeout: 300_000 })
  await page.locator('main progress').waitFor({ state: 'detached', timeout: 60_000 })
}

/** Changes a number of the form and goes elsewhere. */
async function leaveForm(page) {
  const field = page.locator('main .n-input-number input').first()
  await field.fill('7')
  await field.press('Tab')
  await click('nav a[href="/runs"]')(page)
}

/** Chooses files on the import page as a person does. */
async function chooseLog(page) {
  const file = join(folder, 'phone log.csv')
  writeFileSync(file, log)
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.locator('section.drop').getByRole('button').click(),
  ])
  await chooser.setFiles(file)
  await settle(page)
}

function press(key) {
  return async (page) => {
    await page.keyboard.press(key)
    await settle(page)
  }
}

/** Says that the chosen log is of the last format of the list, which it is not. */
async function misnameFormat(page) {
  await chooseLog(page)
  const formats = page.locator('main select').last()
  await formats.selectOption({ index: (await formats.locator('option').count()) - 1 })
  await settle(page)
  await formats.scrollIntoViewIfNeeded()
}

/** Presses what the selectors find one after the other, each the last of several. */
function click(...selectors) {
  return async (page) => {
    for (const selector of selectors) {
      const found = page.locator(selector).last()
      // Before the click: a page that scrolls closes the menu that a click opens.
      await found.scrollIntoViewIfNeeded()
      await settle(page)
      await found.click()
      await settle(page)
    }
  }
}

/** `[name, address, what to do there]` of every page, one deep link of each kind, and states that an address does not say. */
function placesOf(workspace) {
  const list = (...words) => JSON.parse(command(...words, '--json', '--workspace', workspace))
  const [dataset] = list('dataset', 'list')
  const [first, second] = list('runs', 'list')
  const [source] = list('sources', 'list')
  const { user, behaviour } = namesOf(workspace)
  return [
    ['welcome', '/welcome'],
    ['logs', '/logs'],
    ['logs-import', '/logs/import'],
    ['logs-import-preview', '/logs/import', chooseLog],
    ['logs-import-format', '/logs/import', misnameFormat],
    ['logs-source', `/logs/${source?.id}`],
    ['explore', '/explore'],
    ['explore-events', '/explore/events'],
    ['explore-user', `/explore/user/${user}`],
    ['explore-behaviour', `/explore/behaviour/${behaviour}`],
    ['datasets', '/datasets'],
    ['dataset-new', '/datasets/new'],
    ['dataset-unsaved', '/datasets/new', leaveForm],
    ['dataset', `/datasets/${dataset?.id}`],
    ['train', '/train'],
    ['train-objective-help', '/train', click('.row:has([value="dro-kl"]) button.help')],
    ['train-run', `/train/${first?.id}`],
    ['runs', '/runs'],
    ['run', `/runs/${first?.id}`],
    ['compare', `/runs/compare?runs=${first?.id},${second?.id}`],
    ['predict', '/predict'],
    ['predict-user', `/predict?run=${first?.id}&user=${user}`],
    ['predict-scores', `/predict/scores?run=${first?.id}`],
    ['review', '/review'],
    ['review-new', '/review/new'],
    ['review-overview', `${madeReview}/overview`],
    ['review-desk', `${madeReview}?reviewer=Ada`],
    ['doctor', '/doctor'],
    ['settings', '/settings'],
    ['settings-own', '/settings', click('.n-radio:has([value="browser"])')],
    [
      'settings-forget',
      '/settings',
      async (page) => {
        // Anew in each size: a key that is gone cannot be taken away.
        await page.context().clearCookies({ name: 'behavegpt-preferences' })
        await page.reload()
        const [own, keyGone, everyone] = ['[value="browser"]', '.buttons > button:nth-child(2)', '[value="everyone"]']
        await click(`.n-radio:has(${own})`, keyGone, `.n-radio:has(${everyone})`)(page)
      },
    ],
    ['not-found', '/nowhere'],
    ['jobs', '/logs', press('Control+J')],
    ['palette', '/logs', press('Control+K')],
    ['explore-menu', '/explore', click('figure button[aria-haspopup="menu"]')],
    ['explore-help', '/explore', click('button.help')],
    ['runs-columns', '/runs', click('button.quiet-button[aria-expanded]:not([aria-haspopup])')],
    ['runs-chosen', '/runs', click(...chooseRuns)],
    ['runs-remove', '/runs', click(chooseRuns[0], action(1))],
    ['runs-evaluate', '/runs', click(...chooseRuns, action(2))],
    ['run-targets', `/runs/${first?.id}`, click('button.text-button.accented', '[role="dialog"] button.text-button')],
    ['review-keys', `${madeReview}?reviewer=Ada`, press('?')],
    ['review-jump', `${madeReview}?reviewer=Ada`, press('g')],
    ['predict-hand', `/predict?run=${first?.id}&from=hand`],
    ['predict-paste', `/predict?run=${first?.id}&from=hand`, click('[role="toolbar"] > button:nth-last-child(2)')],
    // Last: what they leave behind is in no other picture.
    ['doctor-probed', '/doctor', probeDevices],
    ['review-refused', `${madeReview}?reviewer=Cyd`, putOnRetiredLabel],
    ['train-paused', `/train?dataset=${dataset?.names[0]}`, pauseTraining],
  ]
}

/** A user with a long history and a behaviour of the middle of the ranking, as parts of an address. */
function namesOf(workspace) {
  const database = new Database(join(workspace, 'workbench.db'), { readonly: true })
  const name = (query) => encodeURIComponent(database.prepare(query).pluck().get() ?? 'nobody')
  try {
    return {
      user: name('SELECT name FROM users JOIN source_users ON user = id ORDER BY events DESC'),
      behaviour: name(
        'SELECT name FROM behaviours JOIN source_behaviours ON behaviour = id ORDER BY events DESC LIMIT 1 OFFSET 9',
      ),
    }
  } finally {
    database.close()
  }
}

function command(...words) {
  const { status, stdout, stderr } = spawnSync(node, [join(root, 'out/main/cli.js'), ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} failed:\n${stderr}`)
  return stdout
}
