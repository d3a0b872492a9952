import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { createReview, deskOf, queued } from './review-steps.ts'
import { runningJob } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('the pages around a review', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('what was filled in for a new review, and what was changed in its labels, is not lost without a question', async () => {
    const page = await workbench.open('/review/new')
    const name = page.getByLabel('Name', { exact: true })
    const leave = () => page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
    await name.fill('half done')
    await leave()
    await page.getByRole('dialog', { name: 'Leave without creating the review?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await name.inputValue()).toBe('half done')
    // Nobody's work is nothing to ask about.
    await name.fill('')
    await leave()
    await page.waitForURL(/\/runs/)

    await page.goto(new URL('/review', workbench.origin).href)
    const list = await workbench.open('/review')
    await list.getByRole('heading', { level: 1, name: 'Review' }).waitFor()
    await createReview(page, 'kept labels')
    // Whoever looks at the list meanwhile sees it come.
    await list.getByRole('link', { name: 'kept labels' }).waitFor()
    await list.context().close()
    await page.getByRole('textbox', { name: 'Description' }).last().fill('Three events or more.')
    await leave()
    await page.getByRole('dialog', { name: 'Leave without saving the labels?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Of a review that is removed with its labels, one question is enough.
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.waitForURL(/\/review$/)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('what keeps a review from being created is said, with the range of a number, which is not changed under the hand', async () => {
    const page = await workbench.open('/review/new')
    const create = page.getByRole('button', { name: 'Create the review' })
    await page.getByText('Give the review a name.').waitFor()
    expect(await create.isDisabled()).toBe(true)
    await page.getByLabel('Name', { exact: true }).fill('numbers')
    await expect.poll(() => create.isDisabled()).toBe(false)
    const count = page.getByLabel('Sequences in the queue (1–5,000)')
    for (const [typed, shown] of [
      ['99999', /^99,?999$/],
      ['', /^$/],
    ] as const) {
      await count.fill(typed)
      await page.getByLabel('Name', { exact: true }).focus()
      await page.getByText('A whole number from 1 to 5,000.').waitFor()
      await page.getByText('Correct the number: Sequences in the queue.').waitFor()
      expect(await count.inputValue()).toMatch(shown)
      expect(await create.isDisabled()).toBe(true)
    }
    expect(await seriousFindingsInBothThemes(page)).toEqual([])
    await count.fill('5')
    await expect.poll(() => create.isDisabled()).toBe(false)
    await page.context().close()
  })

  test('the host is killed while a queue is computed: the page says that nothing was created, also when loaded anew, and the form is as it was', async () => {
    const page = await workbench.open('/review/new')
    await page.getByLabel('Name', { exact: true }).fill('cut off')
    await page.getByText('Most uncertain first', { exact: true }).click()
    await page.getByLabel('Read by the model').fill('50000')
    await page.getByLabel('Events per sequence').fill('2')
    await page.getByRole('button', { name: 'Create the review' }).click()
    await expect.poll(() => runningJob(workbench, 'create-review'), { interval: 5 }).toBeDefined()
    await workbench.kill()
    await page.waitForURL(/job=\d+/)
    await workbench.restart()
    for (let loaded = 0; loaded < 2; loaded++) {
      if (loaded > 0) await page.reload()
      await page.getByText(/^The workbench that this job belonged to ended without a word/).waitFor()
      await page.getByText(/No review was created/).waitFor()
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('cut off')
    }
    await page.getByLabel('Read by the model').fill('20')
    await page.getByRole('button', { name: 'Create the review' }).click()
    await page.waitForURL(/\/review\/\d+\/overview/)
    await page.context().close()
  })

  test('a review that is removed while a person labels: it is said, with a way back, and no newer state is offered', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'short-lived')
    const analyst = await workbench.open(`/review/${project}/overview`)
    const desk = deskOf(page)
    await desk.opens(project, 'Dan')
    await desk.press('Enter')
    await desk.hasDone(1)
    await analyst.getByRole('button', { name: 'Remove', exact: true }).click()
    await analyst.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await analyst.waitForURL(/\/review$/)
    await desk.press('Enter')
    const notice = page.getByRole('alert').filter({ hasText: 'This review was removed' })
    await notice.getByText('1 action of this window was not stored').waitFor()
    expect(await page.getByText('Nobody named').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Load the newer state' }).count()).toBe(0)
    await notice.getByRole('link', { name: 'To the reviews' }).click()
    await page.waitForURL(/\/review$/)
    await analyst.context().close()
    await page.context().close()
  })

  test('a name that was mistyped is nobody, and one that is taken can be changed for another', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'names')
    const desk = deskOf(page)
    await desk.opens(project, 'Fya')
    await desk.opens(project, 'Fay')
    await desk.press('Enter')
    await desk.hasDone(1)
    await page.goto(new URL(`/review/${project}/overview`, workbench.origin).href)
    const progress = page.getByRole('region', { name: 'Progress', exact: true })
    await progress.getByRole('link', { name: 'Fay' }).waitFor()
    expect(await progress.getByRole('link').count()).toBe(1)
    await page.goto(new URL(`/review/${project}?reviewer=Fay&role=adjudicator`, workbench.origin).href)
    await page.getByText('Fay has reviewed this project').waitFor()
    await page.getByRole('link', { name: 'Choose another name' }).click()
    await page.getByPlaceholder('Your name').fill('Fya')
    await page.getByPlaceholder('Your name').press('Enter')
    await page.getByText('There is no disagreement to decide').waitFor()
    expect(workbench.complaints.filter((text) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
    await page.context().close()
  })

  test('the keys of the desk: Enter does not lead away from them, and the key that opens them closes them', async () => {
    const page = await workbench.open('/review')
    const desk = deskOf(page)
    await desk.opens(await createReview(page, 'keys and end'), 'Gus')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await desk.press('?')
    await keys.waitFor()
    await desk.press('Enter')
    expect(await keys.isVisible()).toBe(true)
    await desk.press('?')
    await keys.waitFor({ state: 'detached' })
    // Nothing was accepted behind it.
    await desk.hasDone(0)
    await desk.press('?')
    await keys.waitFor()
    await desk.press('?')
    await keys.waitFor({ state: 'detached' })

    // The end is said, with where to go from there, also when the desk is opened again.
    for (let number = 1; number <= queued; number++) {
      await desk.shows(number)
      await desk.press('Enter')
    }
    await desk.hasDone(queued)
    const end = page.getByRole('status').filter({ hasText: 'Every sequence is done.' })
    for (let opened = 0; opened < 2; opened++) {
      if (opened > 0) await page.reload()
      await end.getByRole('link', { name: 'Another person decides the disagreements' }).waitFor()
      await end.getByRole('link', { name: 'Overview' }).waitFor()
    }
    expect(await seriousFindingsInBothThemes(page)).toEqual([])
    await page.context().close()
  })
})

test.skipIf(browserProgram === undefined)('an empty workspace has nothing to review, and says what to do', async () => {
  const workbench = await startWorkbench({ sample: false })
  try {
    const page = await workbench.open('/review')
    for (const place of ['/review', '/review/new']) {
      await page.goto(new URL(place, workbench.origin).href)
      await page.getByText('There is no log yet whose sequences could be reviewed.').waitFor()
      await page.getByRole('link', { name: 'Try it with the simulated sample' }).waitFor()
      await page.getByRole('link', { name: 'Import a log' }).waitFor()
      expect(await page.getByRole('button', { name: 'Create the review' }).count()).toBe(0)
    }
    expect(workbench.complaints).toEqual([])
  } finally {
    await workbench.close()
  }
})
