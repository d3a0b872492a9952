import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { designTraining, dropLog, goTo, runningJob, trainingState } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const connectionLost = 'The workbench does not answer'

describe.skipIf(browserProgram === undefined)('what goes wrong', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeEach(async () => {
    workbench = await startWorkbench()
  })
  afterEach(() => workbench?.close())

  /** A browser's own words about a host that is away; anything else is a complaint. */
  const complaintsBesidesConnection = () =>
    workbench.complaints.filter((text) => !/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/.test(text))

  /** How many rows of these tables there are. */
  function stored(...tables: string[]): number[] {
    const database = new Database(`${workbench.workspace}/workbench.db`, { readonly: true })
    try {
      return tables.map((table) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number)
    } finally {
      database.close()
    }
  }

  test.each([
    // Its process notices and ends by itself.
    ['the host'],
    // As by a power cut.
    ['everything'],
  ])(
    '%s is killed in the middle of an import: the page says so and comes back, nothing is half there, and the import works again',
    async (what) => {
      // Enough that storing goes on for a while after the first rows are there: an import that is done would be kept.
      const rows = Array.from(
        { length: 250_000 },
        (_, index) => `person ${index % 997},${1_700_000_000 + index},behaviour ${index % 53}`,
      )
      const log = `user,time,event\n${rows.join('\n')}\n`
      const before = stored('sources', 'events')
      const page = await workbench.open('/logs/import')
      await dropLog(page, 'large.csv', log)
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await expect.poll(() => stored('events')[0], { timeout: 60_000, interval: 10 }).toBeGreaterThan(before[1]!)
      const { pid } = runningJob(workbench, 'import')!
      if (what === 'everything') process.kill(pid, 'SIGKILL')
      await workbench.kill()
      await page.getByRole('alert').filter({ hasText: connectionLost }).waitFor()

      await workbench.restart()
      await page.getByRole('alert').filter({ hasText: connectionLost }).waitFor({ state: 'detached' })
      await page.getByText('Nothing of this import was kept.').waitFor()
      // The uploaded file went with the host.
      await page.getByRole('button', { name: 'Choose files again' }).waitFor()
      await page.getByRole('button', { name: /^Jobs:/ }).click()
      const ended = page
        .getByRole('region', { name: 'Jobs' })
        .getByRole('listitem')
        .filter({ hasText: 'Import of large' })
      await ended.first().getByText('interrupted', { exact: true }).waitFor()
      await ended.first().getByText('Start it again.').waitFor()
      await page.getByRole('navigation').getByRole('link', { name: 'Logs' }).click()
      await page.getByRole('link', { name: 'simulated', exact: true }).waitFor()
      expect(await page.getByRole('link', { name: 'large' }).count()).toBe(0)

      await page.getByRole('button', { name: 'Import a log' }).click()
      await dropLog(page, 'large.csv', log)
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
      await page.getByText('250,000').first().waitFor()
      expect(stored('sources', 'events')).toEqual([before[0]! + 1, before[1]! + 250_000])
      expect(complaintsBesidesConnection()).toEqual([])
    },
  )

  test('what is known of the workspace, its runs and its devices cannot be read: each place says so, and can try again', async () => {
    const database = new Database(`${workbench.workspace}/workbench.db`)
    database
      .prepare(
        `INSERT INTO runs (id, name, dataset, objective, device, parameter_count, status, total_steps, select_by, error, created_at, updated_at)
         VALUES ('1', 'damaged', 'd', 'ce', 'cpu', 1, 'failed', 1, 'nll', '{', '2025-01-01', '2025-01-01')`,
      )
      .run()
    const page = await workbench.open('/doctor')
    const used = page.getByRole('region', { name: /Which device did the latest/ })
    await used.getByText(/the error of run damaged cannot be read/).waitFor()
    await goTo(page, '/settings')
    const kept = page.getByRole('region', { name: 'Workspace' })
    await kept.getByText(/the error of run damaged cannot be read/).waitFor()

    database.exec(`UPDATE runs SET error = NULL`)
    database.close()
    await kept.getByRole('button', { name: 'Try again' }).click()
    await kept.getByText(workbench.workspace).waitFor()
    await goTo(page, '/doctor')
    await used.getByRole('link', { name: 'damaged' }).waitFor()

    // The report of the doctor is asked for under a name that nobody answers to.
    let isBroken = true
    await page.routeWebSocket(/.*/, (socket) => {
      const host = socket.connectToServer()
      socket.onMessage((message) => {
        const asked = String(message)
        host.send(isBroken ? asked.replace(/lastReport|doctor\/check/, 'unknown') : message)
      })
    })
    await page.goto(new URL('/train', workbench.origin).href)
    const devices = page.getByRole('region', { name: 'Where is it computed?' })
    await devices.getByRole('alert').waitFor()
    expect(await devices.getByText(/probed/).count()).toBe(0)
    isBroken = false
    await devices.getByRole('button', { name: 'Try again' }).click()
    await devices.getByText('The devices of this machine have not been probed.').waitFor()

    isBroken = true
    await goTo(page, '/doctor')
    const refused = page.getByRole('main').getByRole('alert')
    await refused.waitFor()
    expect(await page.getByText(/No device has been probed/).count()).toBe(0)
    await page.getByRole('button', { name: 'Probe all devices' }).click()
    await expect.poll(() => refused.count()).toBe(2)
    isBroken = false
    await refused.last().getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => refused.count()).toBe(1)
  })

  test('the host is killed while a model is trained: it pauses by itself, its page comes back, and the run is taken up to its end', async () => {
    const page = await workbench.open('/')
    await designTraining(workbench, page, { dataset: 'sample', name: 'survivor', objective: 'ce', steps: 1_500 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByRole('img', { name: /Does it learn/ }).waitFor()
    await workbench.kill()
    await page.getByRole('alert').filter({ hasText: connectionLost }).waitFor()
    await workbench.restart()
    await page.getByRole('alert').filter({ hasText: connectionLost }).waitFor({ state: 'detached' })
    await trainingState(page, 'paused').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('1,500 / 1,500').waitFor()
    await page.getByText('Done.').waitFor()
    expect(complaintsBesidesConnection()).toEqual([])
  })

  test('two tabs: what one starts the other follows, and what one removes the other refuses with the reason', async () => {
    const page = await workbench.open('/datasets')
    const other = await page.context().newPage()
    await other.goto(new URL('/train?dataset=sample', workbench.origin).href)
    await other.getByRole('button', { name: 'Start training' }).waitFor()

    // A build of the one is in the list and among the jobs of the other.
    const third = await page.context().newPage()
    await third.goto(new URL('/datasets', workbench.origin).href)
    await third.getByRole('link', { name: 'sample' }).waitFor()
    await page.getByRole('button', { name: 'Build a dataset' }).click()
    await page.getByText(/^Counted exactly/).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('from the first tab')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()
    await third.getByRole('link', { name: 'from the first tab' }).waitFor()
    await third.getByRole('button', { name: /^Jobs:/ }).click()
    await third.getByRole('region', { name: 'Jobs' }).getByText('from the first tab').first().waitFor()

    await page.getByRole('navigation').getByRole('link', { name: 'Datasets' }).click()
    await page.getByRole('button', { name: 'Remove the dataset sample' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the dataset and 2 runs' }).click()
    await third.getByRole('link', { name: 'sample', exact: true }).waitFor({ state: 'detached' })

    // A form that still names it is refused, and says why.
    await other.getByRole('button', { name: 'Start training' }).click()
    await other
      .getByText(/There is no dataset (named )?"?sample/)
      .first()
      .waitFor()
    expect(workbench.complaints).toEqual([])
  })
})
