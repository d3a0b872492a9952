import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertJob, interruptJob } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('jobs', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('of the doctor go on while another page is open, where they are named and can be cancelled', async () => {
    const page = await workbench.open('/doctor')
    await page.getByRole('button', { name: 'Probe all devices' }).click()
    await page
      .getByText(/^trying /)
      .first()
      .waitFor()
    // What is found of a device is seen while the others are tried.
    await page.getByRole('heading', { name: /^cpu – / }).waitFor()
    expect(await page.getByRole('button', { name: 'Probe all devices' }).isDisabled()).toBe(true)
    await goTo(page, '/runs')
    await page.getByRole('button', { name: /^Jobs: 1 running.*Check of the devices – trying / }).click()
    const job = page.getByRole('group', { name: 'Jobs' }).getByRole('listitem').first()
    await job.getByRole('progressbar', { name: 'Progress of: Check of the devices' }).waitFor()
    await job.getByRole('button', { name: 'Cancel: Check of the devices' }).click()
    await job.getByText('cancelled', { exact: true }).waitFor()
    await job.getByRole('link', { name: 'Open: Check of the devices' }).click()
    await page.getByRole('heading', { name: /^cpu – / }).waitFor()
    expect(await page.getByRole('button', { name: 'Probe all devices' }).isEnabled()).toBe(true)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('that were interrupted say why and what to do, in the list', async () => {
    {
      using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
      const message = phrase`The workbench that this job belonged to was stopped while it ran.`
      const told = insertJob(workspace.database, 'evaluate', { run: 'ce' })
      interruptJob(workspace.database, told, { code: 'crashed', message, hint: phrase`Start it anew.` })
      insertJob(workspace.database, 'score', { run: 'ce' })
      workspace.database.change(`UPDATE jobs SET pid = 2147483647 WHERE state = 'running'`).run()
    }
    const page = await workbench.open('/runs')
    await page.getByRole('button', { name: /^Jobs: none running/ }).click()
    const list = page.getByRole('group', { name: 'Jobs' })
    const job = (title: string) => list.getByRole('listitem').filter({ hasText: title }).first()
    await job('Evaluation of ce')
      .getByText('The workbench that this job belonged to was stopped while it ran. Start it anew.')
      .waitFor()
    await job('Batch scoring with ce').getByText('The job was interrupted. Start it again.').waitFor()
    expect(await seriousFindingsInBothThemes(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
