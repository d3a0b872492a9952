import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserProgram } from './browser.ts'
import { hostileLog, hostileNames } from './hostile-log.ts'
import { designTraining, dropLog, trainingState } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const reviewed = 20

describe.skipIf(browserProgram === undefined)('a new user', { timeout: 400_000 }, () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench({ sample: false })
  })
  afterAll(() => workbench?.close())

  const goTo = (page: Page, name: string) =>
    page.getByRole('navigation').getByRole('link', { name, exact: true }).click()

  /** Starts a small training and follows it to its evaluation. */
  async function train(page: Page, objective: string, name: string): Promise<void> {
    await designTraining(workbench, page, { dataset: 'diary', objective, name, steps: 60 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText('60 / 60').waitFor()
    await page.getByText('Evaluated on the test period.').waitFor()
  }

  test('comes with a file, and leaves with two compared models, a prediction and labels', async () => {
    const log = hostileLog(4_000)
    const page = await workbench.open('/')

    // First run: a file of one's own, with rows that cannot be used.
    await page.waitForURL('**/welcome')
    await page.getByRole('button', { name: 'Import a file' }).click()
    await dropLog(page, 'diary.csv', log.csv)
    await page.getByText('The first refused rows').waitFor()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
    await page.getByRole('button', { name: `See the ${log.rejected} refused rows` }).click()
    const refused = page.getByRole('region', { name: 'Which rows were refused, and why?' })
    await refused.getByRole('cell', { name: '2 fields where the header has 4' }).first().waitFor()
    await refused.getByRole('cell', { name: 'there is no such date' }).first().waitFor()
    const sourceFigure = (name: string) =>
      page
        .locator('dl.figures > div')
        .filter({ has: page.getByText(name, { exact: true }) })
        .locator('dd')
        .first()
    await sourceFigure('Events').getByText('4,000').waitFor()
    await sourceFigure('Duplicates').getByText(String(log.duplicates)).waitFor()

    // What is in it?
    await goTo(page, 'Explore')
    await page.getByRole('img', { name: /^Rank-frequency of 20/ }).waitFor()
    const behaviours = page.getByRole('table', { name: 'Behaviours' })
    await behaviours.getByTitle(hostileNames.markup, { exact: true }).first().waitFor()

    // A dataset of short histories.
    await goTo(page, 'Datasets')
    await page.getByRole('button', { name: 'Build a dataset' }).click()
    await page.getByText(/^Counted exactly/).waitFor()
    await page.getByLabel('Longest history, events').fill('16')
    await page.getByLabel('Longest history, events').press('Tab')
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('diary')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()

    // One plain and one robust model; the second is paused, left and taken up again.
    await train(page, 'ce', 'plain')
    await designTraining(workbench, page, { dataset: 'diary', objective: 'dro-kl', name: 'robust', steps: 1_500 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByRole('img', { name: /Does it learn/ }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await trainingState(page, 'paused').waitFor()
    await page.reload()
    await page.getByText('Paused. It goes on from its checkpoint').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('1,500 / 1,500').waitFor()
    await page.getByText('Evaluated on the test period.').waitFor()

    // Which one is better, and for whom?
    await goTo(page, 'Runs')
    await page.getByRole('checkbox', { name: 'Choose plain' }).click()
    await page.getByRole('checkbox', { name: 'Choose robust' }).click()
    await page.getByRole('button', { name: 'Compare (2)' }).click()
    await page
      .getByRole('region', { name: 'What changed, and is it more than chance?' })
      .getByText(/targets/)
      .first()
      .waitFor()
    await page.getByRole('heading', { name: 'Which behaviours gained, which lost?' }).waitFor()

    // A mistake, down to the sequence behind it.
    await page.getByRole('link', { name: 'robust', exact: true }).click()
    const confusions = page.getByRole('region', { name: 'What does it take for what?' })
    await confusions
      .getByRole('button', { name: /^Show the sequences in which/ })
      .first()
      .click()
    const targets = page.getByRole('dialog')
    await targets
      .getByRole('button', { name: /^Show the sequence of/ })
      .first()
      .click()
    await targets.getByRole('application', { name: /^Timeline of/ }).waitFor()
    // The address leads to the same sequence.
    await page.waitForURL(/target=\d+/)
    await page.reload()
    await targets.getByRole('application', { name: /^Timeline of/ }).waitFor()
    await page.keyboard.press('Escape')
    await targets.waitFor({ state: 'detached' })

    // What will somebody do next?
    await page.getByRole('button', { name: 'Predict', exact: true }).click()
    await page.getByRole('combobox', { name: 'User' }).fill('person 1')
    await page.getByRole('option', { name: /^person 12 / }).click()
    const predictions = page.getByRole('region', { name: 'Which behaviour comes next?' })
    await predictions.getByRole('table').waitFor()
    expect(await predictions.locator('tbody tr').count()).toBeGreaterThanOrEqual(10)

    const exported = await review(page)
    expect(exported[0]).toMatch(/^\uFEFFreview,sequence,user,reviewer,/)
    expect(exported).toHaveLength(1 + reviewed)
    expect(await page.evaluate(`'hacked' in window`)).toBe(false)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(workbench.complaints).toEqual([])
  })

  /** Reviews by keyboard alone, undoes, comes back, and takes the labels along. @returns the lines of the exported file. */
  async function review(page: Page): Promise<string[]> {
    const hasDone = async (done: number) => {
      await page.getByText(`${done} of ${reviewed} done`, { exact: true }).waitFor()
      await page.getByText('Saved', { exact: true }).waitFor()
    }
    await goTo(page, 'Review')
    await page.getByRole('button', { name: 'New review' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('odd days')
    await page.getByText('Tail first', { exact: true }).click()
    await page.getByLabel('Events per sequence').fill('8')
    await page.getByLabel('Sequences in the queue').fill(String(reviewed))
    await page.getByRole('button', { name: 'Create the review' }).click()
    await page.waitForURL(/\/review\/\d+\/overview/)
    const overview = page.url()
    await page.getByRole('button', { name: 'Review', exact: true }).click()
    await page.getByPlaceholder('Your name').fill(hostileNames.rightToLeft)
    await page.keyboard.press('Enter')
    await page.getByRole('listbox').waitFor()
    for (let number = 1; number <= reviewed; number++) {
      await page.getByText(`Sequence ${number}`, { exact: true }).waitFor()
      await page.keyboard.press('1')
      await page.keyboard.press('Enter')
    }
    await hasDone(reviewed)
    await page.keyboard.press('Control+z')
    await hasDone(reviewed - 1)
    await page.reload()
    await hasDone(reviewed - 1)
    await page.keyboard.press('Control+Shift+z')
    await hasDone(reviewed)

    await page.goto(overview)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Labels as CSV' }).click()
    return readFileSync(await (await download).path(), 'utf8')
      .trimEnd()
      .split('\n')
  }
})
