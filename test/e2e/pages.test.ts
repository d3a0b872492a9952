import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { isShown } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('every page', { timeout: 600_000 }, () => {
  let workbench: RunningWorkbench
  let places: Record<string, string>
  beforeAll(async () => {
    workbench = await startWorkbench()
    places = placesOf(workbench)
  })
  afterAll(() => workbench?.close())

  test('opens by its address with a heading, asks nobody but its own host, and has nothing serious that axe finds in either theme', async () => {
    const page = await workbench.open()
    const found: Record<string, string[]> = {}
    for (const [name, place] of Object.entries(places)) {
      await page.goto(new URL(place, workbench.origin).href)
      await isShown(page)
      const serious = await seriousFindingsInBothThemes(page)
      if (serious.length > 0) found[name] = serious.slice(0, 10)
      expect(workbench.complaints, name).toEqual([])
    }
    expect(found).toEqual({})
    await page.context().close()
  })
})
