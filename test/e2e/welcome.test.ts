import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('a workspace with runs', () => {
  test('leads from its welcome on to the runs', async () => {
    const workbench = await startWorkbench()
    onTestFinished(() => workbench.close())
    const page = await workbench.open('/welcome')
    await page.getByText('See how good the models are, and compare them').waitFor()
    await page.getByRole('button', { name: 'Open the runs' }).click()
    await page.waitForURL('**/runs')
    expect(workbench.complaints).toEqual([])
  })

  test('is not called empty when its last log is removed: datasets and runs are there, and can be reviewed', async () => {
    const workbench = await startWorkbench()
    onTestFinished(() => workbench.close())
    const page = await workbench.open('/logs')
    await page.getByRole('button', { name: 'Remove simulated' }).click()
    await page.getByText('2 runs were trained on its events: they can predict for the users').waitFor()
    await page.getByRole('button', { name: /^Remove .* events$/ }).click()
    await page.getByText('No logs. Datasets and runs that were made of removed logs stay.').waitFor()
    await goTo(page, '/logs')
    await page.getByText('No logs.').waitFor()
    expect(new URL(page.url()).pathname).toBe('/logs')
    await goTo(page, '/welcome')
    await page.getByText('This workspace has no log.').waitFor()
    await goTo(page, '/review')
    await page.getByText('No reviews yet.').waitFor()
    await goTo(page, '/logs')
    await page.locator('main').getByRole('button', { name: 'Import a log' }).last().click()
    await page.waitForURL('**/logs/import')
    expect(workbench.complaints).toEqual([])
  })
})

describe.skipIf(browserProgram === undefined)('an empty workspace', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench({ sample: false })
  })
  afterAll(() => workbench?.close())

  test('welcomes a person, makes the sample by one click, and leads on to a dataset and a training', async () => {
    const page = await workbench.open('/')
    await page.waitForURL('**/welcome')
    await page.getByText('Nothing leaves this machine').waitFor()
    await page.getByRole('button', { name: 'Import a file' }).waitFor()
    const elsewhere = await workbench.open('/explore')
    await elsewhere.getByText('There are no events yet').waitFor()
    await page.getByRole('button', { name: 'Simulate a log' }).click()

    await page.getByText('The log is there. What comes next?').waitFor({ timeout: 90_000 })
    await page.getByText('A log with 100,000 events').waitFor()
    // Whoever looks at the log on another page sees it come.
    await elsewhere.getByRole('heading', { name: 'How often does each behaviour happen?' }).waitFor()
    await elsewhere.context().close()
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Build a dataset', exact: true }).click()
    await page.waitForURL('**/datasets/new')

    // From now on the logs are listed.
    await page.getByRole('link', { name: 'Logs' }).click()
    const source = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'simulated' }) })
    await source.getByText('100,000').waitFor()
    expect(new URL(page.url()).pathname).toBe('/logs')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
