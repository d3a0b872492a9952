import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listJobs } from '../../src/main/storage/jobs.ts'
import { findRun } from '../../src/main/storage/runs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { exported, goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const predictions = (page: Page) => page.getByRole('region', { name: 'Which behaviour comes next?' })
const sequence = (page: Page) => page.getByRole('region', { name: 'The sequence' })

/** Probability of each listed behaviour, as the page says it. */
async function probabilities(page: Page): Promise<Map<string, string>> {
  const rows = await predictions(page).locator('tbody tr').all()
  const cells = await Promise.all(rows.map((row) => row.getByRole('cell').allInnerTexts()))
  return new Map(cells.map((texts) => [texts[1]!.split('\n').at(-1)!.trim(), texts[3]!.trim()]))
}

/** Writes into a field with proposals and takes it as it is. */
async function write(page: Page, group: string, label: string, text: string): Promise<void> {
  const field = page.getByRole('group', { name: group }).getByRole('combobox', { name: label })
  await field.fill(text)
  await field.press('Enter')
}

/** Numbers that never fall. */
const isAscending = (numbers: readonly number[]) =>
  numbers.every((number, index) => index === 0 || number >= numbers[index - 1]!)

describe.skipIf(browserProgram === undefined)('predicting', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('begins with the newest run, wherever one is asked for', async () => {
    using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
    const { id } = findRun(workspace.database, 'dro-kl')
    for (const place of ['/predict', '/predict/scores']) {
      const page = await workbench.open(place)
      await page.waitForURL(`**${place}?run=${id}`)
      await page.context().close()
    }
    const review = await workbench.open('/review/new')
    const model = review.getByLabel('Model that is asked').locator('option:checked')
    await expect.poll(() => model.allTextContents()).toEqual(['dro-kl (dro-kl)'])
    await review.context().close()
    const doctor = await workbench.open('/doctor')
    const used = doctor.getByRole('region', { name: 'Which device did the latest training runs really use?' })
    await used.getByRole('link').first().waitFor()
    expect(await used.getByRole('link').allTextContents()).toEqual(['dro-kl', 'ce'])
    await doctor.context().close()
  })

  test('for a user of the log: attention, and what an edited event changes and undo brings back', async () => {
    const page = await workbench.open('/predict')
    await page.getByText('Choose a user of the log').waitFor()
    const user = page.getByRole('combobox', { name: 'User' })
    await user.fill('user 0')
    await page.getByRole('option', { name: /^user 07 / }).click()
    await predictions(page).getByRole('table').waitFor()
    expect(new URL(page.url()).searchParams.get('user')).toBe('user 07')
    expect(new URL(page.url()).searchParams.get('run')).toMatch(/./)
    const before = await probabilities(page)
    expect(before.size).toBe(10)
    await page.getByText(/^Knows .* Times in UTC\.$/).waitFor()
    // The picture of the sequence that is taken along says what is expected.
    const picture = (await exported(page, 'Behaviour sequence', 'SVG')).toString()
    for (const probability of before.values()) expect(picture).toContain(`>${probability}</text>`)

    const attention = page.getByRole('region', { name: 'Which events does the last one attend to?' })
    await attention.getByText(/The largest share, [\d.]+%, goes to/).waitFor()
    await attention.getByText('Layer 1').click()
    await page.waitForURL(/layer=1/)

    const last = sequence(page)
      .getByRole('button', { name: /^\d{4}-\d\d-\d\d / })
      .last()
    await last.click()
    await write(page, 'Selected event', 'Behaviour', 'skydiving')
    await predictions(page).getByText('Probability moved').waitFor()
    await predictions(page).getByText('Behaviours that the model does not know:').waitFor()
    await predictions(page)
      .getByText(/skydiving\W* \(1\)/)
      .waitFor()
    expect(await probabilities(page)).not.toEqual(before)
    await sequence(page)
      .getByText(/edited, unknown behaviour/)
      .waitFor()

    await sequence(page).getByRole('button', { name: 'Undo' }).click()
    await predictions(page).getByText('Probability moved').waitFor({ state: 'detached' })
    expect(await probabilities(page)).toEqual(before)

    await sequence(page).getByRole('button', { name: 'Remove it' }).click()
    await sequence(page).getByText('1 event was removed.').waitFor()
    await predictions(page).getByText('Probability moved').waitFor()
    // Another checkpoint is asked about the sequence as it was edited.
    await page.getByRole('radio', { name: 'Last' }).check()
    await page.waitForURL(/checkpoint=last/)
    await predictions(page).getByText('Probability moved').waitFor()
    await sequence(page).getByText('1 event was removed.').waitFor()
    await page.getByRole('radio', { name: 'Best' }).check()
    await page.waitForURL((url) => !url.search.includes('checkpoint='))
    // Nothing keeps the edits: the page is not left for another one without a question.
    await page.getByRole('button', { name: 'Batch scoring' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without your edits?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    await sequence(page).getByText('1 event was removed.').waitFor()
    await sequence(page).getByRole('button', { name: 'Discard edits' }).click()
    await predictions(page).getByText('Probability moved').waitFor({ state: 'detached' })

    // A name can be typed to its end; one that nobody has is told.
    await user.fill('user 0')
    await user.press('Enter')
    await page.getByText('The log has no user "user 0".').waitFor()
    // Nothing of the user before stands under the name that nobody has.
    expect(await sequence(page).count()).toBe(0)
    expect(await predictions(page).count()).toBe(0)
    await page.getByRole('listbox').waitFor({ state: 'detached' })
    await user.fill('user 08')
    await user.press('Enter')
    await page.waitForURL(/user=user(\+|%20)08/)
    await predictions(page).getByRole('table').waitFor()
    // Whoever comes back to the field is offered all, not only those that begin with the chosen name.
    await page.getByRole('heading', { level: 1 }).click()
    await user.focus()
    await page.getByRole('option', { name: /^user 01 / }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await user.press('Escape')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('after a sequence composed by hand, with a behaviour that the model does not know, and one that is pasted', async () => {
    const page = await workbench.open('/predict')
    await page.getByText('Composed by hand').click()
    await predictions(page).getByText('Add a first event').waitFor()
    await write(page, 'New event', 'Behaviour', '<img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Add event' }).click()
    await predictions(page)
      .getByText(/<img src=x onerror=alert\(1\)>\W* \(1\)/)
      .waitFor()
    expect((await probabilities(page)).size).toBe(10)

    const known = [...(await probabilities(page)).keys()][0]!
    await write(page, 'New event', 'Behaviour', known)
    await page.getByRole('button', { name: 'Add event' }).click()
    await sequence(page)
      .getByRole('button', { name: /^\d{4}-/ })
      .nth(1)
      .waitFor()

    // An offer that comes up below the resting pointer is not what Enter takes.
    const behaviour = page.getByRole('group', { name: 'New event' }).getByRole('combobox', { name: 'Behaviour' })
    await behaviour.fill(known.slice(0, 3))
    await page.getByRole('option', { name: known }).first().hover()
    await behaviour.press('Enter')
    expect(await behaviour.inputValue()).toBe(known.slice(0, 3))

    // What is typed stays while the events change what is said of them.
    await write(page, 'New event', 'Behaviour', 'typed, not added')
    const attention = page.getByRole('region', { name: 'Which events does the last one attend to?' })
    await attention.getByText('Layer 1').click()
    await page.waitForURL(/layer=1/)
    await attention.getByText('Mean of layers').click()
    await page.waitForURL((url) => !url.search.includes('layer='))
    expect(await behaviour.inputValue()).toBe('typed, not added')

    await sequence(page).getByRole('button', { name: 'Paste' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Events as text').fill('time,event\nsoon,bus\n')
    await dialog.getByRole('button', { name: 'Use this sequence' }).click()
    await dialog.getByText(/The text, line 2: the time "soon"/).waitFor()
    await dialog.getByLabel('Events as text').fill(`time,event\n2025-01-05T08:00,${known}\n2025-01-05T07:00,"a, b"\n`)
    await dialog.getByRole('button', { name: 'Use this sequence' }).click()
    await sequence(page).getByText('2 events were read.').waitFor()
    await predictions(page)
      .getByText(/a, b\W* \(1\)/)
      .waitFor()

    // The address leads to the same sequence.
    await page.waitForURL(/events=/)
    await page.reload()
    await predictions(page)
      .getByText(/a, b\W* \(1\)/)
      .waitFor()

    // From here on every change is compared with what the address held.
    await sequence(page).getByRole('button', { name: '2025-01-05 07:00:00' }).click()
    await write(page, 'Selected event', 'Behaviour', known)
    await predictions(page).getByText('Probability moved').waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('for every user as a job, whose scores are looked through and downloaded', async () => {
    const page = await workbench.open('/predict/scores')
    await page.getByText('This run has not scored anybody yet.').waitFor()
    await page.getByLabel('File name').fill('next')
    await page.getByRole('button', { name: 'Score users' }).dblclick({ delay: 30 })
    await page.getByText(/^40 users, the 10 most probable behaviours each/).waitFor()
    // A double-click scores once.
    {
      using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
      expect(listJobs(workspace.database, 100).filter(({ kind }) => kind === 'score')).toHaveLength(1)
    }

    // The least sure first, of one behaviour, by a link as well.
    const listed = page.getByRole('table', { name: 'Batch scoring' })
    const chances = async () =>
      (await listed.getByRole('cell', { name: /^[\d.]+%$/ }).allTextContents()).map((text) => Number.parseFloat(text))
    await page.getByRole('combobox', { name: 'Order' }).selectOption('least sure first')
    await page.waitForURL(/order=leastSure/)
    await expect.poll(async () => (await chances()).length > 3 && isAscending(await chances())).toBe(true)
    await page.getByRole('combobox', { name: 'Most probable' }).click()
    const offered = page.getByRole('option', { name: / \(\d+\)$/ }).first()
    const [, favourite, users] = /^(.*) \((\d+)\)$/.exec((await offered.textContent())!.trim())!
    await offered.click()
    await page.waitForURL(/first=/)
    await expect.poll(() => listed.getAttribute('aria-rowcount')).toBe(String(Number(users) + 1))
    await page.reload()
    await expect.poll(() => listed.getAttribute('aria-rowcount')).toBe(String(Number(users) + 1))
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('1')
    await listed.getByRole('cell', { name: favourite! }).first().waitFor()
    expect(isAscending(await chances())).toBe(true)
    await goTo(page, '/predict/scores')

    await page.getByLabel('Beginning of a name').fill('user 07')
    await page.getByRole('cell', { name: 'user 06' }).waitFor({ state: 'detached' })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download next.csv' }).click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
    expect(lines[0]).toBe('user,rank,behaviour,probability')
    expect(lines).toHaveLength(401)

    // Whoever was elsewhere while it was scored finds the file as well.
    await page.reload()
    await page.getByRole('button', { name: 'Download next.csv' }).waitFor()
    await page.getByText(/best checkpoint, /).waitFor()
    await page.getByRole('button', { name: 'Export table Batch scoring' }).click()
    const [table] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV', exact: true }).click(),
    ])
    expect(readFileSync(await table.path(), 'utf8')).toMatch(/^User,Events,Rank,Behaviour,Probability\r?\n/)

    await page.getByRole('link', { name: 'user 07' }).click()
    await predictions(page).getByRole('table').waitFor()
    const [, , behaviour, probability] = lines.find((line) => line.startsWith('user 07,1,'))!.split(',')
    expect((await probabilities(page)).get(behaviour!)).toBe(
      Number(probability).toLocaleString('en', {
        style: 'percent',
        minimumSignificantDigits: 3,
        maximumSignificantDigits: 3,
      }),
    )
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
