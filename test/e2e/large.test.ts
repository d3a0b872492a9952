import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LargeLog, writeLargeLog } from '../support/large-log.ts'
import { browserProgram } from './browser.ts'
import { designTraining, goTo, isShown, trainingState } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const fileBytes = 300e6
const events = 10_000_000
const neededBytes = 4e9
const { bavail, bsize } = statfsSync(tmpdir())
const hasRoom = bavail * bsize >= neededBytes
if (!hasRoom) console.log(`Skipped: a large log needs ${neededBytes / 1e9} GB in ${tmpdir()}.`)

const commandLine = path.join(import.meta.dirname, '../../out/main/cli.js')
const count = (value: number) => value.toLocaleString('en-GB')

/** What stands under the name of a figure, without its note. */
async function figure(page: Page, label: string): Promise<string> {
  const figures = page.locator('dl.figures > div').filter({ has: page.getByText(label, { exact: true }) })
  return (await figures.locator('dd').first().textContent())!.trim()
}

/** Notes how far the running job says it is, on whatever page stands there. @returns what it said so far: a stage, and how much of it is done, from 0 to 1. */
async function watchProgress(page: Page): Promise<() => Promise<[stage: string, share: number][]>> {
  await page.evaluate(`{
    window.told = []
    new MutationObserver(() => {
      const shown = document.querySelector('main progress')
      if (shown === null) return
      const now = [shown.parentElement.querySelector('[role=status]').textContent.trim(), shown.value]
      if (String(now) !== String(told.at(-1))) told.push(now)
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  }`)
  return () => page.evaluate('told') as Promise<[string, number][]>
}

/** The most memory that a process has had, in bytes; 0 where the system does not tell. */
function peakMemory(processId: number): number {
  if (process.platform !== 'linux') return 0
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

describe.skipIf(browserProgram === undefined || !hasRoom)('a large log', () => {
  let workbench: RunningWorkbench
  let file: string
  let fromFile: LargeLog
  beforeAll(async () => {
    workbench = await startWorkbench({ sample: false })
    file = path.join(path.dirname(workbench.workspace), 'large.csv')
    fromFile = await writeLargeLog(file, 'user', (_rows, bytes) => bytes < fileBytes)
  })
  afterAll(() => workbench?.close())

  test('a CSV file of 300 MB goes through the page, which tells how far it is and can be left meanwhile', {
    timeout: 600_000,
  }, async () => {
    const page = await workbench.open('/logs/import')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose files' }).click()
    await (await chooser).setFiles(file)
    await page.getByText('How are they read?').waitFor()
    await page.getByText('The first rows, as they would be stored').waitFor()
    const progress = await watchProgress(page)
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect.poll(async () => (await progress()).length).toBeGreaterThan(3)
    const { pathname, search } = new URL(page.url())
    await goTo(page, '/settings')
    await goTo(page, `${pathname}${search}`)
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor({ timeout: 500_000 })

    const told = await progress()
    expect(told.length).toBeGreaterThan(10)
    const goesBack = told.filter(([stage, share], at) => stage === told[at - 1]?.[0] && share < told[at - 1]![1])
    expect(goesBack).toEqual([])
    const { rows, refused } = fromFile
    expect(await figure(page, 'Events')).toBe(count(rows - refused))
    await page.getByRole('button', { name: `See the ${count(refused)} refused rows` }).waitFor()
    // It is read in pieces: the host never holds the file.
    expect(peakMemory(workbench.processId)).toBeLessThan(fileBytes)
    expect(workbench.complaints).toEqual([])
  })

  test('a workspace of ten million events can be explored, made a dataset of, trained on, predicted from and reviewed', {
    timeout: 900_000,
  }, async () => {
    rmSync(file)
    const more = path.join(path.dirname(workbench.workspace), 'more.csv')
    const fromCommand = await writeLargeLog(more, 'person', (rows) => rows < events - fromFile.rows + 200)
    const { status, stderr } = spawnSync(
      process.execPath,
      [commandLine, 'import', more, '--workspace', workbench.workspace],
      { encoding: 'utf8' },
    )
    expect(status, stderr).toBe(0)
    rmSync(more)
    const total = [fromFile, fromCommand].reduce((sum, { rows, refused }) => sum + rows - refused, 0)
    expect(total).toBeGreaterThanOrEqual(events)

    const page = await workbench.open('/explore')
    await isShown(page)
    expect(await figure(page, 'Events')).toBe(count(total))
    await page.getByRole('img', { name: /^Rank-frequency of 300/ }).waitFor()

    // The last event is a key away.
    await goTo(page, '/explore/events')
    const table = page.getByRole('table', { name: 'Events' })
    await table.getByRole('link').first().waitFor()
    expect(await table.getAttribute('aria-rowcount')).toBe(String(total + 1))
    await table.focus()
    await page.keyboard.press('End')
    const last = page.locator(`[aria-rowindex="${total + 1}"]`)
    await last.getByText(count(total)).waitFor()
    const user = (await last.getByRole('link').textContent())!
    await last.getByRole('link').click()
    await page.getByRole('heading', { name: `User “${user}”` }).waitFor()
    await page.getByRole('application', { name: /^Timeline of \d+ events/ }).waitFor()

    await goTo(page, '/datasets/new')
    await page.getByText(/^≈ Estimated from [\d,]+ of 60,022 users/).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('large')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor({ timeout: 300_000 })

    await designTraining(workbench, page, { dataset: 'large', objective: 'ce', name: 'short', steps: 20 })
    await page.getByText('Evaluate on the test period when training is done').click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText('20 / 20').waitFor({ timeout: 300_000 })
    await trainingState(page, 'done').waitFor({ timeout: 300_000 })

    await goTo(page, '/predict?run=short&user=user_0')
    const predictions = page.getByRole('region', { name: 'Which behaviour comes next?' })
    await predictions.getByRole('table').waitFor()

    await goTo(page, '/review/new')
    await page.getByLabel('Name', { exact: true }).fill('rare')
    await page.getByText('Tail first', { exact: true }).click()
    await page.getByLabel('Sequences in the queue').fill('100')
    await page.getByRole('button', { name: 'Create the review' }).click()
    await page.waitForURL(/\/review\/\d+\/overview/, { timeout: 300_000 })
    expect(peakMemory(workbench.processId)).toBeLessThan(fileBytes)
    expect(workbench.complaints).toEqual([])
  })
})
