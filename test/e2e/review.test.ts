import type { WebSocketRoute } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { seriousFindingsInBothThemes } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { createReview, deskOf, labelsAsCsv, queued } from './review-steps.ts'
import { answerLate, type RunningWorkbench, startWorkbench } from './workbench.ts'

const reviewed = 10

describe.skipIf(browserProgram === undefined)('people review sequences', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('from an empty page to agreement: a queue, ten sequences by keyboard, undo across a reload, a second reviewer, an adjudicator', {
    timeout: 300_000,
  }, async () => {
    const page = await workbench.open('/review')
    await page.getByText('No reviews yet.').waitFor()
    const project = await createReview(page, 'rare behaviour')

    // Ada: every third sequence is odd as a whole, every second one has a wrong first event, all a span of three events.
    const ada = deskOf(page)
    await page.getByRole('button', { name: 'Review', exact: true }).click()
    // The hands stay on the keyboard: the field has it.
    await page.getByPlaceholder('Your name').waitFor()
    await page.keyboard.type('Ada')
    await ada.press('Enter')
    await page.getByRole('listbox').waitFor()
    await page.getByText(/Chosen: \d+ events of tail behaviours/).waitFor()
    await page.getByText('Time, UTC', { exact: true }).waitFor()
    // Gaps are said as the timeline says them: an hour is one, and not 60 minutes.
    const gaps = await page.getByRole('option').locator('.gap').allTextContents()
    expect(gaps.length).toBeGreaterThan(3)
    for (const gap of gaps) expect(gap).toMatch(/^(first|\+(\d+ d( \d+ h)?|\d+ h( \d+ min)?|[1-5]?\d min|\d+ s))$/)
    for (let number = 1; number <= reviewed; number++) {
      await ada.shows(number)
      if (number % 3 === 0) await ada.press('1')
      if (number % 2 === 0) await ada.press('2')
      await ada.press('j')
      await ada.press('Shift+ArrowDown')
      await ada.press('Shift+J')
      await ada.press('3')
      await ada.press('Enter')
    }
    await ada.hasDone(reviewed)
    await ada.press('f')
    await ada.press('n')
    await page.keyboard.type('is this "one" person?')
    await ada.press('Escape')
    await ada.press('s')
    await ada.hasDone(reviewed + 1)
    // The note stays with its sequence.
    expect(await page.getByRole('textbox').inputValue()).toBe('')

    // Skipping, the note, the flag and the last acceptance go back; a reload loses neither what is done nor what was undone.
    for (let undone = 0; undone < 4; undone++) await ada.press('Control+z')
    await ada.hasDone(reviewed - 1)
    await ada.shows(reviewed)
    // What was undone is read whole, also on a small screen.
    const said = page.getByText(/^Undone in sequence/).locator('..')
    for (const [width, height] of [
      [1280, 720],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height })
      expect(await said.evaluate((line) => line.scrollWidth - line.clientWidth)).toBeLessThanOrEqual(0)
    }
    await page.reload()
    await ada.hasDone(reviewed - 1)
    await ada.press('Control+Shift+z')
    await ada.hasDone(reviewed)

    // Another window of Ada's goes on; this one is told and loads the newer state.
    const elsewhere = await workbench.open(`/review/${project}?reviewer=Ada&item=1`)
    await elsewhere.getByRole('listbox').waitFor()
    await elsewhere.keyboard.press('f')
    await elsewhere.getByText('Saved', { exact: true }).waitFor()
    await ada.press('f')
    await page.getByText('Ada went on reviewing in another window').waitFor()
    await page.getByText('1 action of this window was not stored').waitFor()
    // Nothing is said to be accepted that would be lost as well.
    const before = await page.getByText(/^Sequence \d+$/).textContent()
    await ada.press('Enter')
    await page.getByText('Nothing is stored until the newer state is loaded.').waitFor()
    expect(await page.getByText(/^Sequence \d+$/).textContent()).toBe(before)
    await page.getByRole('button', { name: 'Load the newer state' }).click()
    await page.getByText('The newer state is loaded.').waitFor()
    await ada.hasDone(reviewed)
    await elsewhere.context().close()

    // The export: a line per label, safe and complete.
    const csv = await labelsAsCsv(page, project)
    const labels = Math.floor(reviewed / 3) + reviewed / 2 + reviewed
    expect(csv).toHaveLength(labels + 1)
    expect(csv[1]).toMatch(/^rare behaviour,1,.*,Ada,reviewer,accepted,true,.*,episode,span,2,4,/)

    // A dataset leaves out the events of the one sequence that Ada flagged, and is counted without them before it is built.
    await page.getByRole('link', { name: 'Build a dataset without what was flagged here' }).click()
    await page.getByText('rare behaviour · flagged sequences', { exact: true }).waitFor()
    await page
      .getByRole('region', { name: 'What would it hold?' })
      .locator('dl > div')
      .filter({ has: page.getByText('events left out by reviews', { exact: true }) })
      .locator('dd')
      .getByText('8', { exact: true })
      .waitFor({ timeout: 90_000 })

    // Ben does not see what Ada said. He disagrees on the events of two sequences.
    const ben = deskOf(page)
    await ben.opens(project, 'Ben')
    for (let number = 1; number <= reviewed; number++) {
      await ben.shows(number)
      expect(await page.getByRole('option', { selected: true }).textContent()).not.toContain('wrong behaviour')
      if (number % 3 === 0) await ben.press('1')
      if (number % 2 === 0 && number > 4) await ben.press('2')
      // As along the timeline, whose keys are said above it.
      await ben.press('ArrowRight')
      await ben.press('Shift+ArrowRight')
      await ben.press('Shift+ArrowDown')
      await ben.press('3')
      // The second click of one that is double accepts nothing unseen.
      if (number === 1) await page.getByRole('button', { name: /^Accept/ }).dblclick({ delay: 40 })
      else await ben.press('Enter')
    }
    await ben.hasDone(reviewed)
    await page.goto(new URL(`/review/${project}/overview`, page.url()).href)
    const row = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
    await row('odd').getByRole('cell').first().waitFor()
    expect(await row('odd').getByRole('cell').first().textContent()).toContain('1.000')
    expect(await row('episode').getByRole('cell').first().textContent()).toContain('1.000')
    // 80 events, of which Ada labelled 5 and Ben 3 of the same: kappa = (.975 - .9047) / (1 - .9047).
    expect(await row('wrong behaviour').getByRole('cell').first().textContent()).toContain('0.738')
    expect(await row('wrong behaviour').getByRole('cell').nth(2).textContent()).toContain('80 events')
    // And the flag of sequence 1, which only Ada set: nothing beyond chance.
    expect(await row('flag').getByRole('cell').first().textContent()).toContain('0.000')

    // Cora decides: of three disputed sequences she takes Ben's side in the first.
    await page.getByRole('button', { name: 'Decide the disagreements' }).click()
    await page.getByPlaceholder('Your name').fill('Cora')
    const cora = deskOf(page)
    await cora.press('Enter')
    await cora.shows(1)
    const opinions = page.getByRole('region', { name: 'What the reviewers said' })
    await opinions.getByText('on events 2 to 4').first().waitFor()
    // What ends a sequence is in view on a small screen too, below all that was said.
    await page.setViewportSize({ width: 1280, height: 720 })
    const { y, height } = (await page.getByRole('button', { name: /^Accept/ }).boundingBox())!
    expect(y + height).toBeLessThan(720)
    await page.setViewportSize({ width: 1440, height: 900 })
    expect(await seriousFindingsInBothThemes(page)).toEqual([])
    for (const [key, dialog] of [
      ['?', 'Keys'],
      ['g', 'Go to a sequence'],
    ] as const) {
      await cora.press(key)
      await page.getByRole('dialog', { name: dialog }).waitFor()
      expect(await seriousFindingsInBothThemes(page)).toEqual([])
      await cora.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    // One dialog right after the other: the second one has the keys.
    await cora.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await cora.press('Escape')
    await cora.press('g')
    const jump = page.getByRole('dialog', { name: 'Go to a sequence' })
    if (!(await jump.isVisible())) {
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await cora.press('g')
    }
    await jump.waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT')
    // Without the focus it keeps them from the desk behind it all the same.
    await page.evaluate('document.activeElement.blur()')
    for (const key of ['1', 'Enter', 'f']) await cora.press(key)
    await cora.hasDone(0, 3)
    expect(await page.getByText('Flagged', { exact: true }).count()).toBe(0)
    await jump.getByRole('textbox').focus()
    await page.keyboard.type('2')
    await cora.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await cora.shows(2)
    await cora.press('h')
    await cora.shows(1)
    await cora.press('Alt+2')
    await cora.press('Enter')
    await cora.shows(2)
    await cora.hasDone(1, 3)
    await page.goto(new URL(`/review/${project}/overview`, page.url()).href)
    await page.getByText(/decided by\s*Cora/).waitFor()
    expect(await seriousFindingsInBothThemes(page)).toEqual([])

    // Once all is decided her desk says what comes next.
    await page.goto(new URL(`/review/${project}?role=adjudicator&reviewer=Cora`, page.url()).href)
    await page.getByRole('listbox').waitFor()
    for (let number = 2; number <= 3; number++) {
      await cora.press('Enter')
      await cora.hasDone(number, 3)
    }
    const finished = page.getByRole('status').filter({ hasText: 'Every sequence is done.' })
    await finished.getByRole('link', { name: 'Overview' }).waitFor()
    await finished.getByRole('link', { name: 'Export the labels' }).click()
    await page.waitForURL(/overview#export$/)
    const isInView = (name: string) =>
      expect
        .poll(() =>
          page.getByRole('region', { name }).evaluate((part) => part.getBoundingClientRect().top < innerHeight - 60),
        )
        .toBe(true)
    await isInView('What comes out')
    await page.goBack()
    await finished.getByRole('link', { name: 'How far the reviewers agree' }).click()
    await page.waitForURL(/overview#agreement$/)
    await isInView('How far do the reviewers agree?')
    await page
      .getByText(/decided by\s*Cora/)
      .first()
      .waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('an answer that comes late takes nothing from under the keys', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'late')
    const milliseconds = 300
    await answerLate(page, milliseconds)
    const desk = deskOf(page)
    await desk.opens(project, 'Eve')
    await desk.shows(1)
    // Before the next sequence is there, although it is on its way.
    await desk.press('Enter')
    await desk.shows(2)
    for (const key of ['j', 'Shift+ArrowDown']) await desk.press(key)
    // A second answer of the same sequence would have come by then.
    await page.waitForTimeout(2 * milliseconds)
    for (const key of ['3', 'Enter']) await desk.press(key)
    await desk.hasDone(2)
    const [, withoutLabels, labelled, ...more] = await labelsAsCsv(page, project)
    expect(withoutLabels).toMatch(/^late,1,/)
    expect(labelled).toMatch(/^late,2,.*,Eve,reviewer,accepted,false,.*,episode,span,2,3,/)
    expect(more).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('what is done while the workbench is away is kept and stored when it is back', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'away')
    let isAway = false
    let refusals = 0
    const sockets = new Set<WebSocketRoute>()
    await page.routeWebSocket(/\/rpc$/, (socket) => {
      if (isAway) {
        refusals++
        return void socket.close()
      }
      socket.connectToServer()
      sockets.add(socket)
    })
    const desk = deskOf(page)
    await desk.opens(project, 'Dan')
    await desk.press('2')
    await desk.hasDone(0)
    // The next sequences are there already.
    await page.waitForLoadState('networkidle')

    isAway = true
    for (const socket of sockets) await socket.close()
    await page.getByRole('alert').filter({ hasText: 'The workbench does not answer' }).waitFor()
    for (const key of ['j', '2', 'Enter', '1', 'Enter']) await desk.press(key)
    await page.getByText('Not saved yet: waiting for the workbench').waitFor()
    await page.getByText(`2 of ${queued} done`).waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('dialog', { name: '4 actions are not saved yet' }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await desk.shows(3)
    const question = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    expect((await question).type()).toBe('beforeunload')
    await (await question).dismiss()
    // Also after it was asked for in vain.
    await vi.waitFor(() => expect(refusals).toBeGreaterThan(0), 10_000)

    isAway = false
    await desk.hasDone(2)
    await page.reload()
    await desk.hasDone(2)
    await desk.shows(3)
    for (let undone = 0; undone < 4; undone++) await desk.press('Control+z')
    await desk.hasDone(0)
    await desk.shows(1)
    await page.getByRole('option', { name: 'wrong behaviour' }).waitFor()
    // It is said what went back, and its event is the one that is selected.
    await page.getByText('Undone in sequence 1: Labelled: wrong behaviour', { exact: true }).waitFor()
    expect(await page.getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('2')
    for (const [key, said] of [
      ['Control+Shift+z', 'Done again in sequence 1: Labelled: wrong behaviour'],
      ['Control+Shift+z', 'Done again in sequence 1: Sequence 1 accepted'],
      ['Control+z', 'Undone in sequence 1: Sequence 1 accepted'],
      ['f', 'Flagged'],
      ['Control+z', 'Undone in sequence 1: Flagged'],
    ] as const) {
      await desk.press(key)
      await page.getByText(said, { exact: true }).waitFor()
    }
    // Also from another sequence, which begins with its first event when it is shown.
    await desk.press('l')
    await desk.shows(2)
    await desk.press('Control+z')
    await desk.shows(1)
    await page.getByText('Undone in sequence 1: Labelled: wrong behaviour', { exact: true }).waitFor()
    expect(await page.getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('2')
    expect(workbench.complaints).toEqual([])
  })

  test('a note is kept also where its page is loaded anew or left in the middle of it', async () => {
    const page = await workbench.open('/review')
    const project = await createReview(page, 'in the middle')
    const desk = deskOf(page)
    const note = page.getByRole('textbox')
    await desk.opens(project, 'Dan')
    await desk.press('n')
    await page.keyboard.type('who')
    await page.reload()
    await desk.hasDone(0)
    await expect.poll(() => note.inputValue()).toBe('who')
    await note.press('End')
    await page.keyboard.type(' is')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.waitForURL(/overview$/)
    await desk.opens(project, 'Dan')
    await expect.poll(() => note.inputValue()).toBe('who is')
    expect(workbench.complaints).toEqual([])
  })
})
