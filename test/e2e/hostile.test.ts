import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { csvFields, isFormula } from '../support/hostile-texts.ts'
import { browserProgram } from './browser.ts'
import { hostileLog, hostileNames } from './hostile-log.ts'
import { goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const { markup, formula, rightToLeft, longest, minus, plus, at, tab, carriageReturn } = hostileNames
/** Names of runs may be so long. */
const longRun = `${rightToLeft} ${'w'.repeat(180)}`

describe.skipIf(browserProgram === undefined)('hostile names', { timeout: 240_000 }, () => {
  let workbench: RunningWorkbench
  let runs: string[]
  let dataset: string
  beforeAll(async () => {
    workbench = await startWorkbench({ sample: false })
    const file = path.join(path.dirname(workbench.workspace), 'hostile.csv')
    writeFileSync(file, hostileLog(3_000).csv)
    behavegpt('import', file, '--source', markup)
    behavegpt('dataset', 'build', '--name', markup, '--length', '16')
    const size = [
      '--preset',
      'nano',
      '--stream-width',
      '8',
      '--steps',
      '20',
      '--batch',
      '16',
      '--evaluate-every',
      '10',
      '--threads',
      '1',
    ]
    for (const [name, objective] of [
      [formula, 'ce'],
      [longRun, 'dro-kl'],
    ] as const) {
      behavegpt('train', '--dataset', markup, '--run', name, '--objective', objective, '--device', 'cpu', ...size)
      behavegpt('evaluate', '--run', name, '--bootstrap', '100')
    }
    const database = new Database(`${workbench.workspace}/workbench.db`, { readonly: true })
    runs = database.prepare('SELECT id FROM runs ORDER BY objective').pluck().all() as string[]
    dataset = database.prepare('SELECT id FROM datasets').pluck().get() as string
    database.close()
  }, 240_000)
  beforeEach(() => {
    workbench.complaints.length = 0
  })
  afterAll(() => workbench?.close())

  function behavegpt(...words: string[]): void {
    const command = ['out/main/cli.js', ...words, '--workspace', workbench.workspace]
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  }

  /** Nothing of a name was run or became an element, and none pushes a page out of its frame. */
  async function isUnharmed(page: Page, where: string): Promise<void> {
    expect(await page.evaluate(`'hacked' in window`), where).toBe(false)
    expect(await page.locator('img[src="x"]').count(), where).toBe(0)
    const overflow = await page.evaluate(`{
      const main = document.querySelector('main')
      main.scrollWidth - main.clientWidth
    }`)
    if (Number(overflow) > 1) workbench.complaints.push(`${where} scrolls sideways by ${overflow} pixels`)
  }

  async function patientPage(where = '/'): Promise<Page> {
    const page = await workbench.open(where)
    page.on('dialog', (dialog) => workbench.complaints.push(`dialog: ${dialog.message()}`))
    return page
  }

  /** Moves over a picture, so that its tooltips are shown. */
  async function hoverOver(chart: Locator): Promise<void> {
    await chart.scrollIntoViewIfNeeded()
    const { width, height } = (await chart.boundingBox())!
    for (let step = 1; step < 6; step++)
      await chart.hover({ position: { x: (step * width) / 6, y: height / 2 }, force: true })
  }

  async function downloaded(page: Page, start: () => Promise<void>): Promise<string> {
    const [download] = await Promise.all([page.waitForEvent('download'), start()])
    return readFileSync(await download.path(), 'utf8')
  }

  /** A spreadsheet that opens the file runs nothing of it. */
  function expectSafe(csv: string): void {
    const fields = csvFields(csv)
    expect(fields).toContain(`'${formula}`)
    expect(fields.filter(isFormula)).toEqual([])
  }

  test('stay text on every page that shows them, and in its pictures', async () => {
    const page = await patientPage()
    const places = {
      logs: '/logs',
      events: '/explore/events',
      datasets: '/datasets',
      'one dataset': `/datasets/${dataset}`,
      builder: '/datasets/new',
      training: '/train',
      ...Object.fromEntries(runs.map((run) => [`training ${run}`, `/train/${run}`])),
      runs: '/runs',
      'chosen runs': `/runs?chosen=${runs.join(',')}`,
      ...Object.fromEntries(runs.map((run) => [`run ${run}`, `/runs/${run}`])),
      comparison: `/runs/compare?runs=${runs.join(',')}`,
      ...Object.fromEntries(
        Object.entries({ markup, longest }).map(([kind, name]) => [
          `prediction for ${kind}`,
          `/predict?run=${runs[0]}&user=${encodeURIComponent(name)}`,
        ]),
      ),
      scores: `/predict/scores?run=${runs[0]}`,
      'new review': '/review/new',
      'a run that is not there': `/runs/${encodeURIComponent(markup)}`,
      'a comparison with what is not there': `/runs/compare?runs=${encodeURIComponent(markup)},${longest.repeat(10)}`,
      'a search': `/runs?search=${encodeURIComponent(markup.repeat(50))}`,
    }
    for (const [where, place] of Object.entries(places)) {
      await goTo(page, place)
      for (const chart of await page.locator('main canvas').all()) await hoverOver(chart)
      await isUnharmed(page, where)
    }
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('of a run stay text in its confusions and the sequences behind them; its tables are safe for spreadsheets', async () => {
    const page = await patientPage(`/runs/${runs[1]}`)
    const confusions = page.getByRole('region', { name: 'What does it take for what?' })
    await confusions.getByRole('textbox', { name: 'Search pairs of behaviours' }).fill('HYPERLINK')
    await confusions.getByText(formula, { exact: true }).first().waitFor()
    await confusions.getByRole('button', { name: /^Export table/ }).click()
    expectSafe(await downloaded(page, () => page.getByRole('menuitem', { name: 'CSV', exact: true }).click()))
    await confusions.getByRole('textbox', { name: 'Search pairs of behaviours' }).fill('onerror')
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
    await isUnharmed(page, 'the sequence of a target')
    await page.keyboard.press('Escape')
    await targets.waitFor({ state: 'detached' })

    await goTo(page, `/runs/${runs[1]}?behaviour=${encodeURIComponent(formula)}`)
    await targets.getByRole('button', { name: 'Export all these targets' }).click()
    expectSafe(await downloaded(page, () => page.getByRole('menuitem', { name: 'CSV', exact: true }).click()))
    await page.keyboard.press('Escape')
    await confusions.getByText('Matrix', { exact: true }).click()
    await hoverOver(confusions.locator('canvas').last())
    await isUnharmed(page, 'the matrix of confusions')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('are predicted, scored and composed, also with ten thousand characters', async () => {
    const page = await patientPage(`/predict?run=${runs[0]}&user=${encodeURIComponent(longest)}`)
    const predictions = page.getByRole('region', { name: 'Which behaviour comes next?' })
    await predictions.getByRole('table').waitFor()
    await page.getByText('Composed by hand').click()
    await page.getByRole('button', { name: 'Paste' }).click()
    const huge = 'z'.repeat(10_000)
    const sequence = [markup, formula, rightToLeft, huge].map(
      (name, hour) => `2024-03-29T0${hour}:00,"${name.replaceAll('"', '""')}"`,
    )
    await page.getByLabel('Events as text').fill(`time,event\n${sequence.join('\n')}\n`)
    await page.getByRole('button', { name: 'Use this sequence' }).click()
    await page.getByText('4 events were read.').waitFor()
    await predictions.getByText('Behaviours that the model does not know:').waitFor()
    await isUnharmed(page, 'a composed sequence')

    // Such a name has no room in the address, so that the sequence would be gone.
    await page.getByRole('navigation').getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL('**/runs')
    await goTo(page, `/predict/scores?run=${runs[0]}`)
    await page.getByLabel('File name').fill('scores')
    await page.getByRole('button', { name: 'Score users' }).click()
    await page.getByText(/^40 users, the 10 most probable behaviours each/).waitFor()
    await page.getByRole('link', { name: markup }).waitFor()
    await isUnharmed(page, 'scores')
    const scores = await downloaded(page, () => page.getByRole('button', { name: 'Download scores.csv' }).click())
    expectSafe(scores)
    for (const name of [minus, plus, at, tab, carriageReturn]) expect(csvFields(scores)).toContain(`'${name}`)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('are reviewed: sequences, labels, people and notes', async () => {
    const page = await patientPage('/review/new')
    await page.getByLabel('Name', { exact: true }).fill(markup)
    await page.getByLabel('Events per sequence').fill('8')
    await page.getByLabel('Sequences in the queue').fill('12')
    await page.getByRole('button', { name: 'Create the review' }).click()
    await page.waitForURL(/\/review\/\d+\/overview/)
    const overview = new URL(page.url()).pathname
    await page.getByRole('button', { name: 'Review', exact: true }).click()
    await page.getByPlaceholder('Your name').fill(formula)
    await page.keyboard.press('Enter')
    await page.getByRole('listbox').waitFor()
    await page.keyboard.press('1')
    await page.keyboard.press('n')
    await page.keyboard.insertText(`=1+1 ${markup} ${'n'.repeat(9_000)}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 12 done', { exact: true }).waitFor()
    await page.getByText('Saved', { exact: true }).waitFor()
    for (let number = 2; number <= 12; number++) {
      await page.getByText(`Sequence ${number}`, { exact: true }).waitFor()
      await isUnharmed(page, `sequence ${number}`)
      await page.keyboard.press('1')
      await page.keyboard.press('Enter')
    }
    await page.getByText('12 of 12 done', { exact: true }).waitFor()
    await page.getByText('Saved', { exact: true }).waitFor()
    await goTo(page, overview)
    const csv = await downloaded(page, () => page.getByRole('button', { name: 'Labels as CSV' }).click())
    expectSafe(csv)
    expect(csv).toContain(`'=1+1`)
    await isUnharmed(page, 'overview of a review')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})

describe.skipIf(browserProgram === undefined)('a wrong token', () => {
  test('shows nothing of the workbench, and says what is needed', async () => {
    const workbench = await startWorkbench({ sample: false })
    try {
      const known = await workbench.open('/logs')
      const stranger = await (await known.context().browser()!.newContext()).newPage()
      for (const where of ['/?token=wrong', '/logs', '/runs?token=']) {
        const answer = await stranger.goto(new URL(where, workbench.origin).href)
        expect(answer?.status()).toBe(403)
        await stranger.getByText(/needs the token/).waitFor()
        expect(await stranger.getByRole('navigation').count()).toBe(0)
      }
      // Who is in stays in.
      await known.reload()
      await known.getByRole('navigation').waitFor()
    } finally {
      await workbench.close()
    }
  })
})
