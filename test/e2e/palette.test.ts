import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { isShown } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('the command palette', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  async function openPalette(page: Page) {
    await isShown(page)
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Go to or do anything' })
    await palette.getByRole('combobox').waitFor()
    return palette
  }

  test('does what was typed, however soon Enter follows', async () => {
    const page = await workbench.open('/logs')
    await openPalette(page)
    await page.keyboard.type('doctor')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('adds names it finds below what is there, so that nothing moves', async () => {
    const page = await workbench.open('/logs')
    const palette = await openPalette(page)
    // In the page's own next task, which is before it asks for any name.
    const before = await page.evaluate<string[]>(`(async () => {
      const field = document.querySelector('[popover] [role=combobox]')
      field.value = 'e'
      field.dispatchEvent(new Event('input'))
      await new Promise((resolve) => setTimeout(resolve))
      return [...document.querySelectorAll('[role=option]')].map(({ textContent }) => textContent)
    })()`)
    expect(before.length).toBeGreaterThan(3)
    expect(before.some((text) => text.startsWith('behaviour'))).toBe(false)
    const options = palette.getByRole('option')
    await options
      .filter({ hasText: /^behaviour/ })
      .first()
      .waitFor()
    expect((await options.allTextContents()).slice(0, before.length)).toEqual(before)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('leaves Enter to an input method while that offers words', async () => {
    const page = await workbench.open('/logs')
    const palette = await openPalette(page)
    await palette.getByRole('combobox').fill('doctor')
    const press = (isComposing: boolean) =>
      palette
        .getByRole('combobox')
        .dispatchEvent('keydown', { key: 'Enter', isComposing, bubbles: true, cancelable: true })
    await press(true)
    await palette.getByRole('option', { name: /Doctor/ }).waitFor()
    await press(false)
    await page.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor()
    await page.context().close()
  })
})
