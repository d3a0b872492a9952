import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron as electron, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { startWorkbench } from './workbench.ts'

const root = path.join(import.meta.dirname, '../..')
const found = spawnSync(process.execPath, [path.join(root, 'scripts/electron.mjs')], { encoding: 'utf8' })
const electronProgram = found.status === 0 ? found.stdout.trim() : undefined
if (electronProgram === undefined) console.warn(`The scenario in Electron is skipped: ${found.stdout.trim()}`)

/** What every host must do with an empty workspace: start, run nothing of others, reach nobody, and show a page by its address, again when it is loaded anew. */
async function firstSteps(page: Page): Promise<void> {
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
}

describe.skipIf(browserProgram === undefined)('the web host', () => {
  test('shows the workbench in Chromium', async () => {
    const workbench = await startWorkbench({ sample: false })
    try {
      const page = await workbench.open()
      await firstSteps(page)
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
      await dialog.getByRole('button', { name: 'inner/' }).click()
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
      await firstSteps(page)
      expect(await page.evaluate('window.open("/logs")')).toBeNull()
      expect(application.windows()).toHaveLength(1)
    } finally {
      await application.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})
