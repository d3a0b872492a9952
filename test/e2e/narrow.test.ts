import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

/** Half a screen, or a laptop's whole one at a zoom of 150 %. */
const narrow = { width: 820, height: 700 }

describe.skipIf(browserProgram === undefined)('a narrow window', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test.each([
    ['en-GB', narrow],
    ['zh-CN', narrow],
    ['en-GB', { width: 1099, height: 700 }],
  ])('scrolls no page sideways in %s at %o: only a wide table does, within its own box', async (locale, viewport) => {
    const page = await workbench.open('/welcome', { viewport, locale })
    const beyond: Record<string, number[]> = {}
    const { 'no such page': _passed, ...others } = placesOf(workbench)
    for (const [name, place] of Object.entries(others)) {
      await goTo(page, place)
      const pixels = await page.evaluate<number[]>(
        `[document.scrollingElement, document.querySelector('main')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)`,
      )
      if (pixels.some((each) => each > 0)) beyond[name] = pixels
    }
    expect(beyond).toEqual({})
    await page.context().close()
  })

  test('has pictures in the rail, whose names are read out and stand beside what has the focus; a wider one has the names', async () => {
    const page = await workbench.open('/logs', { viewport: narrow })
    const rail = page.getByRole('navigation')
    // Text, because the tests are compiled without the browser's types.
    const isSeen = () =>
      page.evaluate<boolean>(
        `getComputedStyle(document.querySelector('nav a[href="/datasets"] span')).clipPath === 'none'`,
      )
    expect((await rail.boundingBox())!.width).toBeLessThan(70)
    expect(await isSeen()).toBe(false)
    await rail.getByRole('link', { name: 'Explore', exact: true }).focus()
    await page.keyboard.press('Tab')
    await expect.poll(isSeen).toBe(true)
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor()
    await rail.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')

    await page.setViewportSize({ width: 1100, height: 700 })
    await expect.poll(isSeen).toBe(true)
    expect((await rail.boundingBox())!.width).toBe(132)
    expect(await rail.locator('svg').first().isVisible()).toBe(false)
    await page.context().close()
  })

  test('shades the edge at which a table goes on, and scrolls there by keyboard', async () => {
    const page = await workbench.open('/runs', { viewport: narrow })
    const table = page.getByRole('table', { name: 'Runs' })
    await table.getByRole('row').nth(2).waitFor()
    const shades = () =>
      page.evaluate<string[]>(`{
        const around = document.querySelector('[role="table"]').parentElement
        const isShaded = getComputedStyle(around, '::after').backgroundImage !== 'none'
        ;['before', 'beyond'].filter((edge) => isShaded && around.classList.contains(edge))
      }`)
    await expect.poll(shades).toEqual(['beyond'])
    await table.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(shades).toEqual(['before', 'beyond'])
    await page.evaluate(`document.querySelector('[role="table"]').scrollLeft = 9999`)
    await expect.poll(shades).toEqual(['before'])

    // Where there is room for every column nothing is shaded.
    await page.setViewportSize({ width: 1440, height: 700 })
    await expect.poll(shades).toEqual([])

    // A table that is read whole stands in a box of the same kind, which only then takes the focus.
    await page.setViewportSize(narrow)
    await goTo(page, placesOf(workbench)['one run']!)
    const box = page.getByRole('group', { name: 'How good is it?', exact: true })
    await box.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => box.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0)
    await page.setViewportSize({ width: 1440, height: 700 })
    await box.waitFor({ state: 'detached' })
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
