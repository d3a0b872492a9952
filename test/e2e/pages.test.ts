import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const pages = ['logs', 'explore', 'datasets', 'train', 'runs', 'predict', 'review', 'doctor', 'settings']

describe.skipIf(browserProgram === undefined)('every page', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test.each(pages)('%s opens by its address, with a heading, and asks nobody but its own host', async (name) => {
    const page = await workbench.open(`/${name}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
