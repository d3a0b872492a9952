import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const root = path.join(import.meta.dirname, '../..')

/** A web host that is ready, and where a browser finds it. */
export interface RunningHost {
  readonly host: ChildProcess
  readonly address: string
}

/** Builds the page where it is out of date. */
export const buildPage = (): void => command(path.join(root, 'scripts/build.mjs'), '--if-needed')

/** Runs one command of the command line to its end. */
export function behavegpt(workspace: string, ...words: string[]): void {
  command(path.join(root, 'out/main/cli.js'), ...words, '--workspace', workspace)
}

/** Of this checkout, or of another that is built. */
export async function startHost(workspace: string, checkout = root): Promise<RunningHost> {
  const host = spawn(process.execPath, [path.join(checkout, 'out/main/web.js'), '--workspace', workspace], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<string>((found, failed) => {
    host.on('close', (code) => failed(new Error(`the host ended with ${code}`)))
    host.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [url] = /http:\/\/\S+token=\S+/.exec(text) ?? []
      if (url !== undefined) found(url)
    })
  })
  return { host, address }
}

export async function stop({ host }: RunningHost): Promise<void> {
  host.kill('SIGTERM')
  await once(host, 'close')
}

export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox'] })

/** A page in a browser context of its own, logged in, at a place of the workbench. */
export async function openPage(browser: Browser, address: string, place: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  await page.goto(address)
  await page.goto(new URL(place, address).href)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  return page
}

function command(...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} failed:\n${stderr}`)
}
