import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDecisions } from '../../src/main/storage/review-decisions.ts'
import { changeSettings } from '../../src/main/storage/settings.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { createReview, deskOf, labelsAsCsv } from './review-steps.ts'
import { holdAnswers, type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('labels that change while people review', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('a label that the analyst adds is on an open desk at once: a half-typed note and an open dialog stay, and what is accepted then is accepted with it', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'at once')
    const desk = deskOf(page)
    await desk.opens(project, 'Hal')
    await desk.press('n')
    await page.keyboard.type('half a no')
    const analyst = await workbench.open(`/review/${project}/overview`)
    const add = async (name: string) => {
      await analyst.getByRole('button', { name: '+ label of sequences' }).click()
      await analyst.getByRole('textbox', { name: 'Label', exact: true }).last().fill(name)
      await analyst.getByRole('button', { name: 'Save' }).click()
    }
    await add('late')
    await page.getByRole('button', { name: /^late/ }).waitFor()
    await page.getByText('New label: late.', { exact: true }).waitFor()
    await page.keyboard.type('te')
    expect(await page.getByRole('textbox').inputValue()).toBe('half a note')
    await desk.press('Escape')

    await desk.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await keys.waitFor()
    expect(await keys.getByText('even later').count()).toBe(0)
    await add('even later')
    await keys.getByText('even later').waitFor()
    await desk.press('Escape')
    await keys.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^even later/ }).waitFor()

    // Nothing else was done meanwhile that could have told which labels there are.
    await desk.press('Enter')
    await desk.hasDone(1)
    using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
    expect(readDecisions(workspace.database, Number(project))).toMatchObject([
      { reviewer: 'Hal', acceptedUnder: 3, decision: { state: 'accepted', note: 'half a note' } },
    ])

    // A review that is removed meanwhile is told of at once, too.
    await analyst.getByRole('button', { name: 'Remove', exact: true }).click()
    await analyst.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('This review was removed').waitFor()
    expect(workbench.complaints).toEqual([])
    await analyst.context().close()
    await page.context().close()
  })

  test('a label that is taken out of the schema while a person labels: refused once and said, taken off where it lies, and the work goes on', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'schema')
    const desk = deskOf(page)
    const answers = await holdAnswers(page)
    await desk.opens(project, 'Fay')
    for (const key of ['1', 'Enter']) await desk.press(key)
    await desk.hasDone(1)
    await desk.shows(2)

    const analyst = await workbench.open(`/review/${project}/overview`)
    const slower = await workbench.open(`/review/${project}/overview`)
    const description = slower.getByRole('textbox', { name: 'Description' }).last()
    await description.fill('Three events or more.')
    // The desk hears nothing of it yet.
    answers.hold()
    await analyst.getByRole('button', { name: 'Take the label odd out' }).click()
    await analyst.getByRole('button', { name: 'Save' }).click()
    await analyst.getByText('Taken out of the schema:').waitFor()

    // Who saves second keeps what they wrote until they discard it.
    await slower.getByRole('button', { name: 'Save' }).click()
    await slower.getByText('The labels of this review were changed meanwhile').waitFor()
    await slower.getByText('Somebody else has changed the labels since.').waitFor()
    // Nor does it help to insist.
    await slower.getByRole('button', { name: 'Save' }).click()
    await slower.getByText('The labels of this review were changed meanwhile').waitFor()
    expect(await description.inputValue()).toBe('Three events or more.')
    await slower.getByRole('button', { name: 'Discard changes and load the newer labels' }).click()
    await slower.getByText('Taken out of the schema:').waitFor()
    await slower.getByText('The labels of this review were changed meanwhile').waitFor({ state: 'detached' })
    await slower.context().close()

    // The desk still has its key; what comes after the refusal is stored.
    for (const key of ['1', 'l', '2', 'Enter']) await desk.press(key)
    answers.release()
    await page.getByText('An action on sequence 2 was refused').waitFor()
    await page.getByText('The label "odd" was taken out of the schema.').waitFor()
    await desk.hasDone(2)
    await page.getByRole('button', { name: 'odd 1' }).waitFor({ state: 'detached' })
    const takeOff = page.getByRole('button', { name: 'Remove odd', exact: true })
    for (const number of [3, 2]) {
      await desk.press('h')
      await desk.shows(number)
    }
    expect(await takeOff.count(), 'what was refused is not on it').toBe(0)
    await desk.press('h')
    await desk.shows(1)
    await takeOff.click()
    await page.getByText('Taken out of the schema:').waitFor({ state: 'detached' })
    await desk.hasDone(2)

    // What is brought back has its key again at once.
    await page.getByRole('alert').getByRole('button', { name: 'Close' }).click()
    await analyst.getByRole('button', { name: 'Bring back' }).click()
    await analyst.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'odd 1' }).waitFor()
    await page.getByText('New label: odd.', { exact: true }).waitFor()

    // What is said last is that it was taken back, and neither that it was done nor that the label is gone.
    answers.hold()
    await analyst.getByRole('button', { name: 'Take the label odd out' }).click()
    await analyst.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => analyst.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await desk.press('1')
    answers.release()
    await page.getByRole('button', { name: 'odd 1' }).waitFor({ state: 'detached' })
    await page.getByText('Taken back in sequence 1').waitFor()
    expect(await page.getByText('Labelled: odd').count()).toBe(0)
    expect(await labelsAsCsv(page, project)).toHaveLength(3)
    expect(workbench.complaints).toEqual([])
    await analyst.context().close()
    await page.context().close()
  })

  test('a label that comes later: what was accepted before is left out and said so, until it is accepted again', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'later label')
    const desk = deskOf(page)
    for (const reviewer of ['Ida', 'Jon']) {
      await desk.opens(project, reviewer)
      for (const key of ['1', 'Enter']) await desk.press(key)
      await desk.shows(2)
      await desk.press('Enter')
      await desk.hasDone(2)
    }
    const overview = new URL(`/review/${project}/overview`, page.url()).href
    const row = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
    await page.goto(overview)
    await row('odd').getByText('2 sequences').waitFor()
    await page.getByRole('button', { name: '+ label of sequences' }).click()
    await page.getByRole('textbox', { name: 'Label', exact: true }).last().fill('late')
    await page.getByRole('button', { name: 'Save' }).click()

    await row('late').getByText('2 sequences left out').waitFor()
    expect(await page.getByText('left out').count()).toBe(1)
    const help = row('late').getByRole('button', { name: 'Sequences left out: late' })
    await help.click()
    await page.getByText('opens the sequence again and accepts it once more').waitFor()
    await page.getByText('In your data, left out for “late” (numbers of the sequences): 1, 2.').waitFor()
    expect(await seriousFindingsInBothThemes(page)).toEqual([])

    for (const reviewer of ['Ida', 'Jon']) {
      await desk.opens(project, reviewer, '&item=1')
      await desk.shows(1)
      await desk.press('Enter')
      await desk.shows(3)
      await desk.hasDone(2)
    }
    await page.goto(overview)
    await row('late').getByText('1 sequence left out').waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('a label whose key does something else by now says so, and a digit of another alphabet is that of its key', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'keys')
    using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
    changeSettings(workspace.database, { shortcuts: { 'review.flag': '1' } })
    const desk = deskOf(page)
    await desk.opens(project, 'Gus')
    const label = (name: string) => page.getByRole('button', { name })
    await label('odd').getByText('1 does something else').waitFor()
    await desk.press('1')
    await page.getByText('Flagged', { exact: true }).waitFor()
    expect(await label('odd').getAttribute('aria-pressed')).toBe('false')
    await page.evaluate(`dispatchEvent(new KeyboardEvent('keydown', { key: '٢', code: 'Digit2', cancelable: true }))`)
    await page.getByText('Labelled: wrong behaviour', { exact: true }).waitFor()
    expect(await label('wrong behaviour').getAttribute('aria-pressed')).toBe('true')
    await desk.hasDone(0)
    changeSettings(workspace.database, { shortcuts: {} })
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
