import { availableParallelism } from 'node:os'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { dropLog, goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('a field for a number', () => {
  let workbench: RunningWorkbench
  let page: Page
  beforeAll(async () => {
    workbench = await startWorkbench()
    page = await workbench.open('/settings')
  })
  afterAll(() => workbench?.close())

  const field = (name: string, within: Page | Locator = page) => within.getByRole('textbox', { name, exact: true })
  /** Types something into a field and leaves it. */
  async function type(input: Locator, text: string): Promise<void> {
    await input.fill(text)
    await input.press('Tab')
  }
  /** What is typed stays as it is, and is said to be wrong; a text is said not to have been taken. Ends with a number that fits. */
  async function refuses(input: Locator, wrong: string, why: string, right: string): Promise<void> {
    await type(input, 'abc')
    await page.getByText('“abc” is no number, and was not taken.').waitFor()
    expect(await input.getAttribute('aria-invalid')).toBe('true')
    await type(input, wrong)
    await page.getByText(why, { exact: true }).waitFor()
    expect(await input.inputValue()).toBe(wrong)
    expect(await input.getAttribute('aria-describedby')).toBe(
      await page.getByText(why, { exact: true }).getAttribute('id'),
    )
    await type(input, right)
    await page.getByText(why, { exact: true }).waitFor({ state: 'detached' })
  }

  test('of threads keeps what was chosen while it holds what does not fit', async () => {
    await page.getByText('a number of my own', { exact: true }).click()
    await refuses(field('Threads'), '0', `A whole number from 1 to ${availableParallelism()}.`, '1')
    await type(field('Threads'), '1.5')
    await goTo(page, '/settings')
    expect(await field('Threads').inputValue()).toBe('1')
  })

  test('of what is scored', async () => {
    await goTo(page, '/predict/scores')
    await refuses(field('Top k'), '1001', 'A whole number from 1 to 1,000.', '10')
    await refuses(field('Users with at least this many events'), '0', 'A whole number, 1 or more.', '2')
    await type(field('Top k'), '')
    expect(await page.getByRole('button', { name: 'Score users' }).isDisabled()).toBe(true)
  })

  test('of an evaluation', async () => {
    await goTo(page, '/runs/ce')
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await refuses(field('Bootstrap resamples', dialog), '-1', 'A whole number, 0 or more.', '100')
    await type(field('Post-hoc adjustment τ', dialog), '')
    await page.getByText('A number.', { exact: true }).waitFor()
    expect(await dialog.getByRole('button', { name: 'Evaluate', exact: true }).isDisabled()).toBe(true)
    expect(await seriousFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  test('of the least targets of a behaviour that is compared: the chart stays meanwhile', async () => {
    await goTo(page, '/runs/compare?runs=ce,dro-kl')
    const chart = page.getByRole('region', { name: 'Which behaviours gained, which lost?' })
    await chart.scrollIntoViewIfNeeded()
    const note = await chart
      .getByText(/gained/)
      .first()
      .textContent()
    await refuses(field('at least targets'), '0', 'A whole number, 1 or more.', '1')
    await type(field('at least targets'), '')
    expect(
      await chart
        .getByText(/gained/)
        .first()
        .textContent(),
    ).toBe(note)
  })

  test('of a share of the split, and of a new review', async () => {
    await goTo(page, '/datasets/new')
    await refuses(field('Training, % of the events'), '100', 'A number above 0 and below 100.', '80')
    await goTo(page, '/review/new')
    await refuses(field('Sequences in the queue (1–5,000)'), '0', 'A whole number from 1 to 5,000.', '100')
  })

  test('of the rows that an import may refuse: without it nothing is imported', async () => {
    await goTo(page, '/logs/import')
    await dropLog(page, 'small.csv', 'user,time,event\nu,2024-03-01T08:00:00,walk\nu,2024-03-01T09:00:00,eat\n')
    const start = page.getByRole('button', { name: 'Import', exact: true })
    await expect.poll(() => start.isEnabled()).toBe(true)
    await refuses(field('Maximum refused rows'), '-5', 'A whole number, 0 or more.', '5')
    await type(field('Maximum refused rows'), '')
    await expect.poll(() => start.isDisabled()).toBe(true)
    expect(workbench.complaints).toEqual([])
  })
})
