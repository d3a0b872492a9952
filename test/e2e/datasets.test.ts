import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('datasets', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeEach(async () => {
    workbench = await startWorkbench()
  })
  afterEach(() => workbench?.close())

  /** The figure of a name in the preview. */
  const figure = (page: Page, name: string) =>
    page
      .getByRole('region', { name: 'What would it hold?' })
      .locator('dl > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd')

  test('a dataset is designed with its counts in view, built, verified, and removed with its runs', async () => {
    const page = await workbench.open('/datasets')
    await page.getByRole('link', { name: 'sample' }).waitFor()
    await page.getByRole('button', { name: 'Build a dataset' }).click()

    // The counts follow the settings: all users have events enough until many are asked for.
    await page.getByText(/^Counted exactly/).waitFor()
    await figure(page, 'events').getByText('6,000').waitFor()
    await figure(page, 'users').getByText('40').waitFor()
    await page.getByLabel('Minimum events per user').fill('100000')
    await page.getByLabel('Minimum events per user').press('Tab')
    await page.getByText('No user has 100,000 events').waitFor()
    await page.getByLabel('Minimum events per user').fill('2')
    await page.getByLabel('Minimum events per user').press('Tab')
    await page.getByRole('textbox', { name: 'Training, % of the events' }).fill('60')
    await page.getByLabel('Longest history, events').fill('12')
    await page.getByLabel('Longest history, events').press('Tab')
    await figure(page, 'training targets').getByText('60.0% of the events').waitFor()

    // Two behaviours become one.
    const renames = page.getByLabel(/^New name of /)
    await renames.nth(0).pressSequentially('one of two')
    expect(await renames.nth(0).inputValue()).toBe('one of two')
    await renames.nth(1).fill('one of two')
    await page.getByText('2 of 30 behaviours have a new name; 29 behaviours result.').waitFor()
    await figure(page, 'behaviours').getByText('29').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    await page.getByLabel('Name', { exact: true }).fill('sample')
    await page.getByText('This name belongs to another dataset.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('short histories')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()
    await page.getByRole('link', { name: 'Open the dataset' }).click()

    await page.getByRole('heading', { name: 'short histories' }).waitFor()
    await page.getByText('2 behaviours renamed or merged').waitFor()
    await page.getByRole('img', { name: /Validation from/ }).waitFor()
    await page.getByRole('region', { name: 'Where do the events come from?' }).getByText('simulated.csv').waitFor()
    await page.getByText('No runs yet.').waitFor()
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText('Every file is what its hash says.').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    // A variant takes over the settings.
    await page.getByRole('button', { name: 'Build a variant' }).click()
    await page.getByText('2 of 30 behaviours have a new name').waitFor()
    expect(await page.getByLabel('Longest history, events').inputValue()).toBe('12')

    // The other dataset has runs: removing it says which go with it.
    await page.goto(new URL('/datasets', workbench.origin).href)
    await page.getByRole('button', { name: 'Remove the dataset sample' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 runs go with it').waitFor()
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['ce', 'dro-kl'])
    await dialog.getByRole('button', { name: 'Remove the dataset and 2 runs' }).click()
    await page.getByRole('link', { name: 'sample' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'short histories' }).waitFor()
    expect(workbench.complaints).toEqual([])
  })
})
