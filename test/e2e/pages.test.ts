import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('every page', { timeout: 600_000 }, () => {
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

  test('opens by its address with a heading, asks nobody but its own host, and has nothing serious that axe finds in either theme', async () => {
    const page = await workbench.open()
    const found: Record<string, string[]> = {}
    for (const [name, place] of Object.entries(places)) {
      await visit(page, place)
      const lines = await seriousOf(new AxeBuilder({ page }).options({ resultTypes: ['violations'] }))
      // The other theme has other colours and nothing else.
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      await page.locator('html[data-theme=dark]').waitFor()
      const dark = await seriousOf(new AxeBuilder({ page }).withRules('color-contrast'))
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      if (lines.length + dark.length > 0) found[name] = [...lines.slice(0, 5), ...dark.slice(0, 5)]
      expect(workbench.complaints, name).toEqual([])
    }
    expect(found).toEqual({})
    await page.context().close()
  })

  async function seriousOf(axe: AxeBuilder): Promise<string[]> {
    const { violations } = await axe.analyze()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
  }
})
