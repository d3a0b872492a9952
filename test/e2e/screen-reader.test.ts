import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { dropLog, isShown } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('who does not see the page, or has no mouse', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  /** What was said last. */
  const spoken = (page: Page) => page.locator('.spoken')
  /** Goes on by Tab until the focus is on what has this name. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const focused = () =>
      page.evaluate<string>(
        `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()`,
      )
    for (let presses = 0; presses < 300 && (await focused()) !== name; presses++) await page.keyboard.press('Tab')
    expect(await focused()).toBe(name)
  }

  test('is told which page this is, and which job has ended', async () => {
    const page = await workbench.open('/explore')
    await isShown(page)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await spoken(page).getByText('Runs – BehaveGPT Workbench').waitFor()
    await page.getByRole('link', { name: 'ce', exact: true }).click()
    await spoken(page).getByText('ce – BehaveGPT Workbench').waitFor()
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Targets' }).selectOption('Validation targets')
    await dialog.getByRole('textbox', { name: 'Bootstrap resamples' }).fill('0')
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await spoken(page).getByText('Evaluation of ce: done').waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('takes a chosen behaviour away again', async () => {
    const page = await workbench.open('/explore?behaviour=messaging%3A+read')
    await isShown(page)
    await tabTo(page, 'Remove messaging: read')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove messaging: read' }).waitFor({ state: 'detached' })
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('goes through refused rows, and opens one', async () => {
    const page = await workbench.open('/logs/import')
    const bad = Array.from({ length: 500 }, (_, row) => `u,never ${row},walk\n`).join('')
    await dropLog(page, 'bad.csv', `user,time,event\nu,2024-03-01T08:00:00,walk\n${bad}`)
    await page.getByRole('textbox', { name: 'Maximum refused rows' }).fill('500')
    await page.getByRole('textbox', { name: 'Maximum refused rows' }).blur()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('button', { name: 'See the 500 refused rows' }).click()
    await page.getByText('u,never 0,walk', { exact: true }).waitFor()
    await tabTo(page, 'Which rows were refused, and why?')
    await page.keyboard.press('End')
    await page.getByText('u,never 499,walk', { exact: true }).waitFor()
    await page.keyboard.press('Home')
    await page.getByText('u,never 0,walk', { exact: true }).waitFor()
    await tabTo(page, 'Show line 4 whole')
    await page.keyboard.press('Enter')
    await page.locator('pre').getByText('u,never 1,walk', { exact: true }).waitFor()
    // What was opened lies below the table, and is brought into view.
    const bottom = async (what: string) => {
      const { y, height } = (await page.locator(what).boundingBox())!
      return y + height
    }
    await expect.poll(async () => (await bottom('main')) - (await bottom('pre'))).toBeGreaterThanOrEqual(0)
    expect(await seriousFindings(page)).toEqual([])

    // And sorts the sources.
    await page.getByRole('link', { name: '← Logs' }).click()
    await page.getByRole('link', { name: 'bad', exact: true }).waitFor()
    await tabTo(page, 'Events')
    const first = () => page.getByRole('row').nth(1).getByRole('link').first().textContent()
    // The most events first, and then the fewest; the heading says so.
    const heading = page.getByRole('columnheader', { name: 'Events' })
    for (const [source, order] of [
      ['simulated', 'descending'],
      ['bad', 'ascending'],
    ]) {
      await page.keyboard.press('Enter')
      await expect.poll(first).toBe(source)
      expect(await heading.getAttribute('aria-sort')).toBe(order)
    }
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('names who will review, and takes a name back', async () => {
    const page = await workbench.open('/review/new')
    await tabTo(page, 'Name of a person')
    for (const name of ['Ada', 'Ben', 'Ada']) {
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
    }
    await tabTo(page, 'Remove Ben')
    expect(await page.getByRole('button', { name: /^Remove (Ada|Ben)$/ }).count()).toBe(2)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove Ben' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Remove Ada' }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('chooses several of many by the keyboard, from a field with a name', async () => {
    const page = await workbench.open('/datasets/new')
    await isShown(page)
    const stop = page.getByRole('combobox', { name: 'Sources', exact: true })
    await stop.waitFor()
    await tabTo(page, 'Sources')
    const roles = () =>
      page.evaluate<string[]>(
        `['role', 'aria-label', 'aria-haspopup', 'aria-expanded'].map((name) => document.activeElement.getAttribute(name))`,
      )
    expect(await roles()).toEqual(['combobox', 'Sources', 'listbox', 'false'])
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'simulated' }).waitFor()
    await expect.poll(roles).toEqual(['combobox', 'Sources', 'listbox', 'true'])
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await expect.poll(roles).toEqual(['combobox', 'Sources', 'listbox', 'false'])
    expect(await stop.textContent()).toContain('simulated')
    // Words of the component library, which are the same in every language.
    for (const name of ['close', 'loading']) {
      for (const kind of ['button', 'img'] as const)
        expect(await page.getByRole(kind, { name, exact: true }).count(), `${kind} ${name}`).toBe(0)
    }
    // The figures beside it are those of before, and pale, until they are counted again.
    await expect.poll(() => seriousFindings(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('opens the jobs with a key, is led into them, and back', async () => {
    const page = await workbench.open('/runs')
    await isShown(page)
    const list = page.getByRole('group', { name: 'Jobs' })
    const link = page.getByRole('link', { name: 'ce', exact: true })
    const focused = () =>
      page.evaluate<string>('document.activeElement.id || document.activeElement.textContent.trim()')
    await link.focus()
    await page.keyboard.press('Control+j')
    await list.waitFor()
    await expect.poll(focused).toBe('jobs-list')
    await page.keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('ce')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
