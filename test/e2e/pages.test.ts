import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { goTo, isShown } from './steps.ts'
import { holdAnswers, type RunningWorkbench, startWorkbench } from './workbench.ts'

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

  test('says that its data is simulated, where it shows some', async () => {
    const page = await workbench.open('/welcome')
    const withoutData = ['welcome', 'import of a log', 'new review', 'doctor', 'settings', 'no such page']
    const unmarked: string[] = []
    for (const [name, place] of Object.entries(places)) {
      if (withoutData.includes(name) || name === 'review') continue
      await goTo(page, place)
      const mark = page.getByRole('main').getByText('simulated', { exact: true }).and(page.locator('small'))
      const isThere = mark.first().waitFor({ timeout: 15_000 })
      await isThere.catch(() => unmarked.push(name))
    }
    expect(unmarked).toEqual([])
    await page.context().close()
  })

  test('scrolls within the window: the shell around it stays where it is', async () => {
    const page = await workbench.open('/welcome', { viewport: { width: 1280, height: 720 } })
    const beyond: Record<string, number> = {}
    // To each of them by way of the one that is none.
    const { 'no such page': _passed, ...others } = places
    for (const [name, place] of Object.entries(others)) {
      await goTo(page, place)
      const pixels = await page.evaluate<number>('document.documentElement.scrollHeight - innerHeight')
      if (pixels > 0) beyond[name] = pixels
    }
    expect(beyond).toEqual({})
    await page.context().close()
  })

  test('has a rail that stays where it is when the name of the workspace comes', async () => {
    const page = await workbench.open('/nowhere')
    const { hold, release } = await holdAnswers(page)
    hold()
    await page.reload()
    const link = page.getByRole('link', { name: 'Logs', exact: true })
    const before = await link.boundingBox()
    expect(await page.getByText('workspace', { exact: true }).count()).toBe(0)
    release()
    await page.getByRole('navigation').getByText('workspace', { exact: true }).waitFor()
    expect(await link.boundingBox()).toEqual(before)
    await page.context().close()
  })

  test('is there before somebody goes to it: in idle moments the window fetches what the others are made of, charts included', async () => {
    const page = await workbench.open('/logs')
    const files = () =>
      page.evaluate<string[]>(
        `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((file) => file.startsWith('/assets/')).sort()`,
      )
    await expect
      .poll(async () => (await files()).some((file) => file.includes('/SettingsPage-')), { timeout: 60_000 })
      .toBe(true)
    const before = await files()
    for (const name of ['Explore', 'Train', 'Runs']) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
      await isShown(page)
    }
    expect(await files()).toEqual(before)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
