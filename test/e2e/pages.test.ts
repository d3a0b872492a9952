import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('every page', () => {
  let workbench: RunningWorkbench
  let places: Record<string, string>
  beforeAll(async () => {
    workbench = await startWorkbench()
    places = placesOf(workbench)
  })
  afterAll(() => workbench?.close())

  async function visit(page: Page, place: string): Promise<void> {
    await page.goto(new URL(place, workbench.origin).href)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
  }

  test('opens by its address with a heading, and asks nobody but its own host', async () => {
    const page = await workbench.open()
    for (const [name, place] of Object.entries(places)) {
      await visit(page, place)
      expect(workbench.complaints, name).toEqual([])
    }
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)('has nothing serious that axe finds, %s', async (colorScheme) => {
    const page = await workbench.open('/', { colorScheme })
    const found: Record<string, string[]> = {}
    for (const [name, place] of Object.entries(places)) {
      await visit(page, place)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      const lines = serious.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
      if (lines.length > 0) found[name] = lines.slice(0, 5)
    }
    expect(found).toEqual({})
    await page.context().close()
  })
})
