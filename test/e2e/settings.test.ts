import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

/** Whether an element has the focus. */
const hasFocus = async (element: Locator) => (await element.and(element.page().locator(':focus')).count()) === 1

describe.skipIf(browserProgram === undefined)('settings', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('are kept in the workspace: another browser shows the same', async () => {
    const first = await workbench.open('/settings')
    await first.getByText('a number of my own', { exact: true }).click()
    await first.getByRole('textbox', { name: 'Threads' }).fill('1')
    await first.getByRole('textbox', { name: 'Threads' }).blur()
    await first.getByText('dark', { exact: true }).click()
    await first.getByText('简体中文', { exact: true }).click()
    await first.getByRole('heading', { name: '键盘快捷键' }).waitFor()
    await first.waitForLoadState('networkidle')
    await first.context().close()

    // A browser that has never been here, and whose own language is English.
    const second = await workbench.open('/settings')
    await second.getByRole('heading', { name: '设置', level: 1 }).waitFor()
    await second.locator('html[data-theme=dark]').waitFor()
    expect(await second.getByRole('textbox', { name: '线程数' }).inputValue()).toBe('1')
    await second.getByText('English', { exact: true }).click()
    await second.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
    expect(workbench.complaints).toEqual([])
    await second.context().close()
  })

  test('the palette lies above a dialog, keeps the keys to itself, and gives them back', async () => {
    const page = await workbench.open('/runs')
    await page.getByRole('link', { name: 'ce', exact: true }).click()
    await page.getByRole('button', { name: 'Evaluate' }).click()
    const evaluating = page.getByRole('dialog', { name: /Evaluate/ })
    await evaluating.waitFor()
    const palette = page.getByRole('dialog', { name: 'Go to or do anything' })
    const field = palette.getByRole('combobox')

    await page.keyboard.press('Control+k')
    await palette.waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type('settings')
    expect(await field.inputValue()).toBe('settings')
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })
    expect(await evaluating.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await evaluating.waitFor({ state: 'detached' })

    // Nothing of the page has lost the focus.
    const link = page.getByRole('link', { name: 'Runs', exact: true })
    await link.focus()
    await page.keyboard.press('Control+k')
    await palette.waitFor()
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })
    await expect.poll(() => hasFocus(link)).toBe(true)

    // A press beside it closes it, and does not reach the page.
    await page.keyboard.press('Control+k')
    await palette.waitFor()
    const { x, y } = (await page.getByRole('button', { name: 'Evaluate' }).boundingBox())!
    await page.mouse.click(x + 5, y + 5)
    await palette.waitFor({ state: 'hidden' })
    // What else the press did would have been done by then.
    await page.keyboard.press('Control+k')
    await palette.waitFor()
    expect(await evaluating.count()).toBe(0)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('change the keys of actions, refuse one that is taken, and go back to the defaults', async () => {
    const page = await workbench.open('/settings')
    const palette = page.getByRole('dialog', { name: 'Go to or do anything' })
    const row = (action: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: action }) })

    await row('Command palette').getByText('Ctrl+K').waitFor()
    await page.keyboard.press('Control+k')
    await palette.waitFor()
    // What can be done with what the workspace holds is found by its name.
    await page.keyboard.type('with dro')
    await palette.getByRole('option', { name: /Predict with dro-kl$/ }).waitFor()
    expect(await palette.getByRole('option', { name: /Score every user with dro-kl$/ }).count()).toBe(1)
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })

    await row('Command palette').getByRole('button', { name: 'Record' }).click()
    await page.keyboard.press('Control+j')
    await page.getByText('Ctrl+J belongs to: Show or hide the jobs').waitFor()
    await row('Command palette').getByRole('button', { name: 'Record' }).click()
    await page.keyboard.press('Control+p')
    await row('Command palette').getByText('Ctrl+P').waitFor()

    await page.reload()
    await row('Command palette').getByText('Ctrl+P').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Control+p')
    await palette.waitFor()
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })

    // Not without saying what is lost.
    await page.getByRole('button', { name: 'Reset all' }).click()
    const question = page.getByRole('dialog', { name: 'Reset all shortcuts?' })
    await question.getByText('Command palette (Ctrl+P)').waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    await row('Command palette').getByText('Ctrl+P').waitFor()
    await page.getByRole('button', { name: 'Reset all' }).click()
    await question.getByRole('button', { name: 'Reset 1 shortcut' }).click()
    await row('Command palette').getByText('Ctrl+K').waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
  test('refuse a key that the browser keeps, and keep the focus where a key was taken away', async () => {
    const page = await workbench.open('/settings')
    await page.getByText('for everyone who opens it in the desktop or a browser').waitFor()
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Command palette' }) })
    await row.getByText('Ctrl+K').waitFor()
    await row.getByRole('button', { name: 'Record' }).click()
    // The browser of the scenario might hand the key over; those of people do not.
    await row
      .getByRole('button', { name: 'Press a key' })
      .dispatchEvent('keydown', { key: 'w', code: 'KeyW', ctrlKey: true })
    await row.getByText('The browser keeps Ctrl+W to itself').waitFor()
    await row.getByText('Ctrl+K').waitFor()

    const remove = row.getByRole('button', { name: 'No key' })
    await remove.focus()
    await page.keyboard.press('Enter')
    await row.getByText('none', { exact: true }).waitFor()
    expect(await remove.isDisabled()).toBe(true)
    expect(await hasFocus(remove)).toBe(true)

    const resetAll = page.getByRole('button', { name: 'Reset all' })
    await resetAll.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Reset 1 shortcut' }).focus()
    await page.keyboard.press('Enter')
    await row.getByText('Ctrl+K').waitFor()
    await expect.poll(() => hasFocus(resetAll)).toBe(true)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('say which labels of reviews lose a key that an action gets', async () => {
    const page = await workbench.open('/review/new')
    await page.getByLabel('Name', { exact: true }).fill('March')
    await page.getByLabel('Sequences in the queue').fill('5')
    await page.getByRole('button', { name: 'Create the review' }).click()
    await page.waitForURL(/\/review\/\d+\/overview/)
    await page.goto(new URL('/settings', page.url()).href)
    const flag = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Flag', exact: true }) })
    const warning = flag.getByText(/does not put on: “.+” of “March”/)
    await flag.getByRole('button', { name: 'Record' }).click()
    await page.keyboard.press('1')
    await warning.waitFor()
    await flag.getByText('Saved, but labels of reviews have this key.').waitFor()
    await page.reload()
    await warning.waitFor()
    await flag.getByRole('button', { name: 'Default' }).click()
    await warning.waitFor({ state: 'detached' })
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
