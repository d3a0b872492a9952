import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { finishJob, insertJob } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { designTraining, goTo, runningJob, trainingState } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('training', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeEach(async () => {
    workbench = await startWorkbench()
  })
  afterEach(() => workbench?.close())

  test('ce from the page: estimated before it starts, watched, and evaluated when it is done', async () => {
    const page = await workbench.open('/')
    await designTraining(workbench, page, { dataset: 'sample', name: 'small ce', objective: 'ce', steps: 60 })
    const estimate = page.getByRole('region', { name: 'What will it take?' })
    await estimate.getByText(/Measured on cpu/).waitFor()
    await estimate.getByText(/^(less than|\d).* to /).waitFor()
    await estimate.getByText(/free, .* installed/).waitFor()
    await page.getByText('4 changes').waitFor()

    // What an objective is, with its formula and parameter.
    await page.getByRole('button', { name: 'What is “dro-kl”?' }).click()
    const help = page.getByRole('status').filter({ hasText: 'KL(q ‖ p)' })
    await help.getByText(/rho: radius of the ball/).waitFor()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })

    // A number that is emptied stays empty while another one is typed; left empty it is the default again.
    const learningRate = page.getByLabel('Learning rate', { exact: true })
    const standard = await learningRate.inputValue()
    await learningRate.fill('')
    await learningRate.pressSequentially('0.02')
    expect(await learningRate.inputValue()).toBe('0.02')
    await learningRate.fill('')
    await learningRate.press('Tab')
    await expect.poll(() => learningRate.inputValue()).toBe(standard)
    // One that does not fit is kept as it was typed, said to be wrong, and nothing is started with it.
    const start = page.getByRole('button', { name: 'Start training' })
    await learningRate.fill('0')
    await page.getByText('A number above 0.').waitFor()
    await page.getByText('To be put right before it can start: Learning rate').waitFor()
    expect(await start.isDisabled()).toBe(true)
    await page.getByText('Worked out again as soon as all settings fit.').waitFor()
    await learningRate.fill(standard)
    await page.getByText('A number above 0.').waitFor({ state: 'detached' })
    await learningRate.fill('abc')
    await learningRate.press('Tab')
    await page.getByText('“abc” is no number, and was not taken.').waitFor()
    await learningRate.fill(standard)
    expect(await start.isDisabled()).toBe(false)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Start training' }).click()

    await page.getByRole('heading', { name: 'small ce', level: 1 }).waitFor()
    await page.getByText('Done.').waitFor()
    await page.getByText('60 / 60').waitFor()
    await page.getByText('cpu, as asked.').waitFor()
    await page
      .getByRole('img', { name: /Does it learn.* running mean: first .* at step \d+, last .* at step 60/ })
      .waitFor()
    await page.getByText('Evaluated on the test period.').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    // The same settings again, under another name.
    await page.getByRole('button', { name: 'Settings for a new run' }).click()
    // The seed is now what it was, no longer the dataset's.
    await page.getByText('5 changes').waitFor()
    expect(await page.getByLabel('How long', { exact: true }).inputValue()).toBe('60')
    expect(workbench.complaints).toEqual([])
  })

  test('of a small log is proposed to be long enough until a person says how long, and one of few steps is warned of', async () => {
    const page = await workbench.open('/train?dataset=sample')
    const duration = page.getByLabel('How long', { exact: true })
    await expect.poll(() => duration.inputValue()).not.toBe('5')
    const proposed = Number(await duration.inputValue())
    await page.getByText('Advanced', { exact: true }).click()
    const batch = page.getByLabel('Batch', { exact: true })
    await batch.fill('32')
    await expect.poll(async () => Number(await duration.inputValue())).toBeLessThan(proposed)
    expect(await page.getByText('a model hardly learns in so few').count()).toBe(0)
    await duration.fill('3')
    await page.getByText(/Only \d+ steps: a model hardly learns in so few/).waitFor()
    await batch.fill('64')
    await page.getByText(/Only \d+ steps: a model hardly learns in so few/).waitFor()
    expect(await duration.inputValue()).toBe('3')
    await page.context().close()
  })

  test('nothing on the page moves when an objective, a size or a device is chosen', async () => {
    const page = await workbench.open('/train?dataset=sample')
    await page.getByRole('region', { name: 'What will it take?' }).waitFor()
    const places = () =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('main fieldset label, main tbody tr')].map((line) => {
          const { x, width, height } = line.getBoundingClientRect()
          const letters = document.createRange()
          letters.selectNodeContents(line)
          const widths = [...letters.getClientRects()].reduce((sum, rect) => sum + rect.width, 0)
          return [line.textContent.trim().slice(0, 16), x, line.offsetTop, width, height, widths].join(' ')
        })`,
      )
    await page.getByRole('radio', { name: /^cpu / }).waitFor()
    // Which the page has found out by then what it says of each.
    await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
    const before = await places()
    expect(before.length).toBeGreaterThan(20)
    for (const name of [/^dro-kl /, /^focal /, /^sample-cvar /, /^ce /, /^cpu /, /^auto /, /^small/, /^nano/]) {
      await page.getByRole('radio', { name }).check()
      expect(await places(), String(name)).toEqual(before)
    }
    await page.context().close()
  })

  test('says what a check of the devices finds while the form is open, and keeps the device that a person chose', async () => {
    const page = await workbench.open('/doctor')
    await page.getByRole('button', { name: 'Probe all devices' }).click()
    await page.getByRole('button', { name: /^Jobs: 1 running/ }).waitFor()
    await goTo(page, '/train?dataset=sample')
    await page.getByRole('radio', { name: /^webgpu / }).check()
    await page.getByRole('radio', { name: /^cpu .*tokens\/s in the probe/ }).waitFor()
    await page.getByRole('button', { name: /^Jobs: none running/ }).waitFor()
    expect(await page.getByText('have not been probed').count()).toBe(0)
    expect(await page.getByRole('radio', { name: /^webgpu / }).isChecked()).toBe(true)
    await page.context().close()
  })

  test('that cannot work is not started, and one that did not start can be asked for again with other settings', async () => {
    const page = await workbench.open('/train?dataset=sample')
    const heads = page.getByLabel('Heads', { exact: true })
    const start = page.getByRole('button', { name: 'Start training', exact: true })
    await page.getByText('Advanced', { exact: true }).click()
    await heads.fill('7')
    await page.getByRole('status').getByText('cannot be split into 7 heads').waitFor()
    expect(await start.isDisabled()).toBe(true)
    await heads.fill('2')
    await expect.poll(() => start.isEnabled()).toBe(true)
    await page.getByLabel('Name of the run', { exact: true }).fill('')
    await page.getByText('Give the run a name.').waitFor()
    expect(await start.isDisabled()).toBe(true)
    await page.context().close()

    // As from the command line, which asks nobody beforehand.
    const given = { dataset: 'sample', name: 'impossible', model: { heads: 7, layers: 3 }, device: 'cpu', steps: 40 }
    {
      using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
      const job = insertJob(workspace.database, 'train', given)
      const message = phrase`The model width ${128} (4 x stream width ${32}) cannot be split into ${7} heads.`
      finishJob(workspace.database, job, 'failed', { error: { code: 'usage', message } })
    }
    const other = await workbench.open('/train/impossible')
    await other.getByText('This training did not start.').waitFor()
    await other.getByRole('button', { name: 'Change the settings' }).click()
    await other.getByText('2 changes').waitFor()
    await other.getByText('Advanced', { exact: true }).click()
    const values = { 'Name of the run': 'impossible', 'How long': '40', Heads: '7', Blocks: '3' }
    for (const [label, value] of Object.entries(values))
      expect(await other.getByLabel(label, { exact: true }).inputValue(), label).toBe(value)
    expect(await other.getByRole('checkbox', { name: /^Evaluate/ }).isChecked()).toBe(false)
    await goTo(other, '/train?job=1000')
    await other.getByText('There is no job 1000 in this workspace.').waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('that a person cancels says so once, and not as an error', async () => {
    const page = await workbench.open('/')
    await designTraining(workbench, page, { dataset: 'sample', name: 'unwanted', objective: 'ce', steps: 5_000 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByRole('img', { name: /Does it learn/ }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('Cancelled. Its checkpoint is kept').waitFor()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const notices = await page.locator('main').getByRole('alert').allInnerTexts()
    expect(notices.map((text) => text.trim().slice(0, 10))).toEqual(['Cancelled.'])
    await page.context().close()
  })

  test('on a dataset that is not there is not started on another one', async () => {
    const page = await workbench.open('/train?dataset=nope')
    await page.getByText('There is no dataset “nope”').waitFor({ timeout: 20_000 })
    const start = page.getByRole('button', { name: 'Start training', exact: true })
    expect(await start.isDisabled()).toBe(true)
    await page.getByRole('combobox', { name: 'Dataset', exact: true }).selectOption({ index: 1 })
    await expect.poll(() => start.isEnabled()).toBe(true)
    expect(await page.getByText('There is no dataset').isVisible()).toBe(false)
    await page.context().close()
  })

  test('dro-kl: paused, reloaded, resumed, killed, resumed again to its end, while another one waits', async () => {
    const page = await workbench.open('/')
    await designTraining(workbench, page, { dataset: 'sample', name: 'long dro', objective: 'dro-kl', steps: 2_000 })
    const other = await page.context().newPage()
    await designTraining(workbench, other, { dataset: 'sample', name: 'waiting', objective: 'ce', steps: 50 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByRole('img', { name: /Which group does the adversary favour/ }).waitFor()

    // Another one waits behind it, and leaves the queue.
    await other.getByRole('button', { name: 'Add to the queue' }).click()
    await other.getByText('It waits for its turn: 1 before it.').waitFor()
    await other.getByRole('button', { name: 'Remove from the queue' }).click()
    await other.getByText('This training did not start.').waitFor()
    await other.close()

    await page.getByRole('button', { name: 'Pause' }).click()
    await trainingState(page, 'paused').waitFor()
    await page.reload()
    await page.getByText('Paused. It goes on from its checkpoint').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await trainingState(page, 'running').waitFor()
    await page.getByText('training', { exact: true }).waitFor()

    await page.getByRole('button', { name: /^Jobs: 1 running.*Training .+, resumed – / }).waitFor()

    // Its process dies: the page says so, and what was reached is kept.
    process.kill(runningJob(workbench, 'resume-training')!.pid, 'SIGKILL')
    await page.getByText(/ended without an answer: signal SIGKILL/).waitFor()
    await trainingState(page, 'interrupted').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('Done.').waitFor()
    await page.getByText('2,000 / 2,000').waitFor()
    await page.getByText('Each point is the mean of 4 steps.').waitFor()
    await page.getByRole('img', { name: /How is each behaviour weighed/ }).waitFor()
    await page.getByText('Evaluated on the test period.').waitFor()

    // The jobs that were paused and killed are still listed, and have nothing left to be taken up.
    const drawer = page.getByRole('region', { name: 'Jobs' })
    await drawer.getByRole('button').first().click()
    await drawer
      .getByText('interrupted', { exact: true })
      .or(drawer.getByText('failed', { exact: true }))
      .first()
      .waitFor()
    expect(await drawer.getByRole('button', { name: 'Resume' }).count()).toBe(0)
    expect(workbench.complaints).toEqual([])
  })
})
