import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { listRunningJobs } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import type { JobRecord } from '../../src/shared/jobs.ts'
import type { RunningWorkbench } from './workbench.ts'

/** Drops a file onto the import page, as from the system's file manager. */
export const dropLog = (page: Page, name: string, content: string): Promise<void> => dropLogs(page, { [name]: content })

/** Drops several files at once, by their names. */
export async function dropLogs(page: Page, contents: Record<string, string>): Promise<void> {
  // Text, because the tests are compiled without the browser's types.
  const dataTransfer = await page.evaluateHandle(`{
    const transfer = new DataTransfer()
    for (const [name, content] of Object.entries(${JSON.stringify(contents)})) transfer.items.add(new File([content], name, { type: 'text/csv' }))
    transfer
  }`)
  await page.getByRole('region', { name: 'Files to import' }).dispatchEvent('drop', { dataTransfer })
}

/** What a chart's export gives: the file's content. */
export async function exported(page: Page, chart: string, kind: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Export chart ${chart}` }).click()
  // The last menu: one that was open before may still be fading.
  const choice = page.getByText(kind, { exact: true }).last()
  const [download] = await Promise.all([page.waitForEvent('download'), choice.click()])
  const stem = chart.toLowerCase().replaceAll(/[“”]/g, '').replaceAll(' ', '-')
  expect(download.suggestedFilename()).toMatch(new RegExp(`^${stem}.*\\.${kind.toLowerCase()}$`))
  return readFileSync(await download.path())
}

/** Waits until a page has its heading and everything on it that was asked for. */
export async function isShown(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Opens another place of the workbench in the document that is open, as a link does: a fraction of the work that loading it anew takes. */
export async function goTo(page: Page, place: string): Promise<void> {
  // By way of a page that shares nothing with others, so that nothing of the place before is taken for the next one.
  await page.locator('main > *').first().waitFor()
  for (const to of ['/nowhere', place]) {
    await page.evaluate(`
      document.querySelector('main > *').dataset.left = ''
      history.pushState(null, '', ${JSON.stringify(to)})
      dispatchEvent(new PopStateEvent('popstate'))`)
    await page.locator('[data-left]').waitFor({ state: 'detached' })
  }
  await isShown(page)
}

export interface TrainingDesign {
  dataset: string
  name: string
  objective: string
  steps: number
}

/** Sets up a small training on the processor, on its page. */
export async function designTraining({ origin }: RunningWorkbench, page: Page, design: TrainingDesign): Promise<void> {
  await page.goto(new URL(`/train?dataset=${encodeURIComponent(design.dataset)}`, origin).href)
  await page.getByRole('radio', { name: new RegExp(`^${design.objective} `) }).check()
  await page.getByRole('radio', { name: /^cpu / }).check()
  await page.getByText('steps', { exact: true }).first().click()
  await page.getByText('Advanced', { exact: true }).click()
  const values = {
    'How long': String(design.steps),
    'Name of the run': design.name,
    'Stream width': '8',
    Batch: '16',
    'Steps between validations': '50',
    // The other core is the browser's.
    Threads: '1',
  }
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByLabel(label, { exact: true }).press('Tab')
  }
}

/** What the page of a training says of its state. */
export const trainingState = (page: Page, state: string): Locator =>
  page.getByRole('status').getByText(state, { exact: true }).first()

/** The job of a kind that runs now; undefined where none does. */
export function runningJob({ workspace: directory }: RunningWorkbench, kind: string): JobRecord | undefined {
  using workspace = openWorkspace(directory, { mode: 'read' })
  return listRunningJobs(workspace.database).find((job) => job.kind === kind)
}
