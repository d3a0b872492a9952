import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron as electron, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { browserProgram, sharedBrowser } from './browser.ts'
import { answerLate, startWorkbench } from './workbench.ts'

const root = path.join(import.meta.dirname, '../..')
const found = spawnSync(process.execPath, [path.join(root, 'scripts/electron.mjs')], { encoding: 'utf8' })
const electronProgram = found.status === 0 ? found.stdout.trim() : undefined
if (electronProgram === undefined) console.warn(`The scenario in Electron is skipped: ${found.stdout.trim()}`)

/** What every host must do with an empty workspace: start, run nothing of others, reach nobody, and show a page by its address, again when it is loaded anew. */
async function firstSteps(page: Page, host: 'web' | 'desktop'): Promise<void> {
  await page.getByRole('navigation').first().waitFor()
  const place = (name: string) => new URL(name, page.url()).href
  await page.goto(place('/logs'))
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  // Scripts of others do not run, and nobody else is reached.
  const reached = await page.evaluate(`(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.intruder = true'
    document.body.append(script)
    const answered = await fetch('https://example.org/').then(() => true, () => false)
    return { intruder: 'intruder' in window, answered, node: 'require' in window || 'process' in window }
  })()`)
  expect(reached).toEqual({ intruder: false, answered: false, node: false })
  // Deep links work in a page that is loaded by its address.
  await page.goto(place('/doctor'))
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.waitForURL(/\/settings/)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  // Only a browser can have preferences of its own: the desktop is one person's.
  await page.getByRole('radio', { name: 'system' }).waitFor({ state: 'attached' })
  expect(await page.getByRole('radio', { name: 'only this browser' }).count()).toBe(host === 'web' ? 1 : 0)
}

/** A page at `localhost`, which browsers take for another site than `127.0.0.1`. */
async function foreignSite(): Promise<{ address: string; close(): void }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>elsewhere</title><a>a link</a>')
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () => void server.close().closeAllConnections(),
  }
}

/** What a page of another site gets when it asks for everything that the workbench has. */
async function reachFromElsewhere(page: Page, origin: string): Promise<unknown> {
  return await page.evaluate(`(async () => {
    const load = (what, where) => new Promise((resolve) => {
      const element = Object.assign(document.createElement(what), { src: ${JSON.stringify(origin)} + where })
      element.onload = () => resolve(true)
      element.onerror = () => resolve(false)
      document.body.append(element)
    })
    const socket = new WebSocket(${JSON.stringify(origin.replace('http', 'ws'))} + '/rpc')
    const opened = new Promise((resolve) => {
      socket.onopen = () => resolve(true)
      socket.onerror = () => resolve(false)
    })
    const ask = (where, more) => fetch(${JSON.stringify(origin)} + where, { credentials: 'include', ...more }).then(() => true, () => false)
    await ask('/upload/planted.csv', { method: 'POST', mode: 'no-cors', body: 'user,time,event' })
    return {
      socket: await opened,
      script: await load('script', '/exports/mine.js'),
      picture: await load('img', '/icon.svg'),
      page: await ask('/'),
    }
  })()`)
}

describe.skipIf(browserProgram === undefined)('the web host', () => {
  test('is reached by a link on a page of another site, and by nothing else of that page', async () => {
    const workbench = await startWorkbench({ sample: false })
    const elsewhere = await foreignSite()
    const context = await (await sharedBrowser()).newContext({ locale: 'en-GB' })
    try {
      const page = await context.newPage()
      const follow = async (place: string) => {
        await page.goto(elsewhere.address)
        await page.locator('a').evaluate((link, where) => link.setAttribute('href', where), place)
        await page.locator('a').click()
        await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: 20_000 })
      }
      // With the token, and as a deep link once the person is in.
      await follow(workbench.address)
      await follow(`${workbench.origin}/doctor`)
      mkdirSync(path.join(workbench.workspace, 'exports'), { recursive: true })
      writeFileSync(path.join(workbench.workspace, 'exports/mine.js'), 'window.reached = true')
      await page.goto(elsewhere.address)
      expect(await reachFromElsewhere(page, workbench.origin)).toEqual({
        socket: false,
        script: false,
        picture: false,
        page: false,
      })
      expect(existsSync(path.join(workbench.workspace, 'temporary/uploads'))).toBe(false)
    } finally {
      await context.close()
      elsewhere.close()
      await workbench.close()
    }
  })

  test('shows the workbench in Chromium', async () => {
    const workbench = await startWorkbench({ sample: false })
    try {
      const page = await workbench.open()
      await firstSteps(page, 'web')
    } finally {
      await workbench.close()
    }
  })

  test('asks for its password, then leads to where the person wanted to go; started anew, it asks again and the open page goes on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-password-'))
    writeFileSync(path.join(folder, 'password'), 'correct horse & battery\n', { mode: 0o600 })
    const workbench = await startWorkbench({
      sample: false,
      words: ['--password-file', path.join(folder, 'password')],
    })
    try {
      const page = await workbench.open('/doctor?device=cpu')
      const logIn = async (at: Page, password: string) => {
        await at.getByLabel('Password').fill(password)
        await at.getByRole('button', { name: 'Open the workbench' }).click()
      }
      await logIn(page, 'correct horse')
      await page.getByText('This password is wrong.').waitFor()
      await logIn(page, 'correct horse & battery')
      await page.waitForURL('**/doctor?device=cpu')
      await page.getByRole('heading', { level: 1 }).first().waitFor()

      await workbench.kill()
      await page.getByRole('alert').filter({ hasText: 'The workbench does not answer' }).waitFor()
      await workbench.restart()
      const [other] = await Promise.all([
        page.waitForEvent('popup'),
        page.getByRole('link', { name: 'Log in in a new tab' }).click(),
      ])
      await logIn(other, 'correct horse & battery')
      await other.getByRole('heading', { level: 1 }).first().waitFor()
      await expect.poll(() => page.getByRole('alert').count(), { timeout: 30_000 }).toBe(0)
    } finally {
      await workbench.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('started anew with another token says so on an open page, which goes on once it is opened with that', async () => {
    const workbench = await startWorkbench({ sample: false })
    try {
      const page = await workbench.open('/doctor')
      // What the page waits for when its host goes away breaks off, and is asked again.
      await answerLate(page, 2_000)
      await page.reload()
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await workbench.kill()
      await workbench.restart('another-token-that-is-long-enough')
      await page.getByRole('alert').filter({ hasText: 'Open the address that it has printed' }).waitFor()
      const other = await page.context().newPage()
      await other.goto(workbench.origin)
      await other.getByText('Look for the line with ?token=').waitFor()
      await other.goto(`${workbench.origin}/?token=another-token-that-is-long-enough`)
      await expect.poll(() => page.getByRole('alert').count(), { timeout: 30_000 }).toBe(0)
    } finally {
      await workbench.close()
    }
  })

  test('lets a person choose files of the machine in the folder that was allowed, and shows nothing beside it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-allowed-'))
    mkdirSync(path.join(folder, 'allowed/inner'), { recursive: true })
    writeFileSync(path.join(folder, 'allowed/inner/log.csv'), 'user,time,event\nanna,2025-01-01T08:00,coffee\n')
    const workbench = await startWorkbench({ sample: false, words: ['--allow-folder', path.join(folder, 'allowed')] })
    try {
      const page = await workbench.open('/logs/import')
      await page.getByRole('button', { name: /host's folder/ }).click()
      const dialog = page.getByRole('dialog', { name: 'Files on the machine of the host' })
      expect(await dialog.getByRole('button', { name: 'Folder above' }).isDisabled()).toBe(true)
      await dialog.getByRole('button', { name: 'inner/' }).press('Enter')
      await dialog.getByRole('checkbox', { name: 'log.csv' }).waitFor()
      // Who came by the keyboard is at the folder's name, not beside the dialog.
      expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(
        realpathSync(path.join(folder, 'allowed/inner')),
      )
      await dialog.getByRole('checkbox', { name: 'log.csv' }).click()
      await dialog.getByRole('button', { name: 'Choose', exact: true }).click()
      await page.getByRole('cell', { name: 'coffee' }).first().waitFor()
      expect(workbench.complaints).toEqual([])
    } finally {
      await workbench.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe.skipIf(electronProgram === undefined)('the desktop', () => {
  test('shows the same in Electron', async () => {
    expect(spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')]).status).toBe(0)
    const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-electron-'))
    // Chromium's own sandbox cannot be had by root in a container.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const words = [root, '--workspace', path.join(folder, 'workspace'), `--user-data-dir=${path.join(folder, 'user')}`]
    const application = await electron.launch({ executablePath: electronProgram, args: [...sandbox, ...words] })
    try {
      const page = await application.firstWindow()
      expect(new URL(page.url()).origin).toBe('app://workbench')
      await firstSteps(page, 'desktop')
      expect(await page.evaluate('window.open("/logs")')).toBeNull()
      expect(application.windows()).toHaveLength(1)
    } finally {
      await application.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})
