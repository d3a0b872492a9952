// Pictures of every page with real data, in both themes and both sizes, into the folder screenshots:
//   npm run screenshots [-- --workspace DIR] [--language zh-CN] [--only PART-OF-A-NAME]
// Without a workspace, the quickstart's is made first (some minutes). Runs on the project's Node 24.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { node, root } from './setup.mjs'

const { values } = parseArgs({
  options: {
    workspace: { type: 'string' },
    language: { type: 'string', default: 'en' },
    only: { type: 'string', default: '' },
    output: { type: 'string', default: join(root, 'screenshots') },
    browser: { type: 'string', default: process.env.BEHAVEGPT_TEST_BROWSER ?? '/usr/bin/chromium' },
  },
})
const sizes = ['1440x900', '1280x720']
const themes = ['light', 'dark']

if (!existsSync(values.browser)) {
  console.error(`There is no browser at ${values.browser}: install chromium, or name one with --browser.`)
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'behavegpt-screenshots-'))
try {
  const workspace = join(folder, 'workspace')
  const page = join(folder, 'page')
  if (values.workspace === undefined) command('quickstart', '--workspace', workspace)
  // A copy: pictures are taken while jobs of the page may run.
  else cpSync(resolve(values.workspace), workspace, { recursive: true })
  spawnSync(node, [join(root, 'scripts/build-page.mjs'), page], { cwd: root, stdio: 'inherit' })
  await takePictures(workspace, page)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function takePictures(workspace, page) {
  const host = spawn(node, [join(root, 'src/main/web.ts'), '--workspace', workspace, '--page', page], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise((found) => {
    host.stdout.setEncoding('utf8').on('data', (text) => {
      const [url] = /http:\/\/\S+token=\S+/.exec(text) ?? []
      if (url !== undefined) found(url)
    })
  })
  const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
  try {
    mkdirSync(values.output, { recursive: true })
    for (const [name, place] of placesOf(workspace)) {
      if (!name.includes(values.only)) continue
      for (const theme of themes)
        for (const size of sizes) await takePicture(browser, address, name, place, theme, size)
    }
  } finally {
    await browser.close()
    host.kill('SIGTERM')
  }
}

async function takePicture(browser, address, name, place, theme, size) {
  const [width, height] = size.split('x').map(Number)
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: values.language })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`))
  await page.goto(address)
  await page.goto(new URL(place, address).href)
  await page.waitForLoadState('networkidle')
  // What is asked for over the socket is not seen as network activity.
  await page
    .locator('[aria-busy="true"]')
    .first()
    .waitFor({ state: 'detached', timeout: 20_000 })
    .catch(() => {})
  await page.waitForTimeout(700)
  const file = join(
    values.output,
    `${name}-${theme}-${size}${values.language === 'en' ? '' : `-${values.language}`}.png`,
  )
  await page.screenshot({ path: file })
  await context.close()
  console.log(file)
}

/** Every page, and one deep link of each kind. */
function placesOf(workspace) {
  const list = (...words) => JSON.parse(command(...words, '--json', '--workspace', workspace))
  const [dataset] = list('dataset', 'list')
  const runs = list('runs', 'list')
  const [first, second] = runs
  const [source] = list('sources', 'list')
  return [
    ['welcome', '/welcome'],
    ['logs', '/logs'],
    ['logs-import', '/logs/import'],
    ['logs-source', `/logs/${source?.id}`],
    ['explore', '/explore'],
    ['datasets', '/datasets'],
    ['dataset-new', '/datasets/new'],
    ['dataset', `/datasets/${dataset?.id}`],
    ['train', '/train'],
    ['train-run', `/train/${first?.id}`],
    ['runs', '/runs'],
    ['run', `/runs/${first?.id}`],
    ['compare', `/runs/compare?runs=${first?.id},${second?.id}`],
    ['predict', '/predict'],
    ['review', '/review'],
    ['doctor', '/doctor'],
    ['settings', '/settings'],
    ['not-found', '/nowhere'],
  ]
}

function command(...words) {
  const { status, stdout, stderr } = spawnSync(node, [join(root, 'src/main/cli.ts'), ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} failed:\n${stderr}`)
  return stdout
}
