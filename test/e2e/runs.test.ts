import { readFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listJobs } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('trained runs', () => {
  let workbench: RunningWorkbench
  const evaluations = () => {
    using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
    return listJobs(workspace.database, 100).filter(({ kind }) => kind === 'evaluate')
  }
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  /** Chooses a format in the menu of an export and waits for the file. */
  async function exported(page: Page, button: string | RegExp, kind: string): Promise<{ name: string; path: string }> {
    await page.getByRole('button', { name: button }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: kind, exact: true }).click(),
    ])
    return { name: download.suggestedFilename(), path: await download.path() }
  }

  test('a run leads from its figures to the sequences behind a confusion', async () => {
    const page = await workbench.open('/runs')
    await page.getByRole('link', { name: 'ce', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'ce' }).waitFor()

    const metrics = page.getByRole('region', { name: 'How good is it?', exact: true })
    await metrics.getByRole('row', { name: /^Macro recall/ }).waitFor()
    await metrics.getByRole('button', { name: 'What is “Macro recall”?' }).click()
    await page.getByText('Mean recall of the behaviours').waitFor()
    await page.getByText(/^In your data: 0\.\d+ \[0\.\d+, 0\.\d+\] for ce, over [\d,]+ targets/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Mean recall of the behaviours').waitFor({ state: 'detached' })

    // Every figure with its own interval, whichever the chart shows.
    const groups = await exported(page, /^Export table How good is it for frequent/, 'CSV')
    // Excel knows by the mark that what is not ASCII is UTF-8.
    expect((await readFile(groups.path, 'utf8')).replace('\ufeff', '').split(/\r?\n/)[0]).toBe(
      ['Name,Group,Behaviours,With targets,Targets']
        .concat(['macro recall', 'recall', 'NLL (nats)'].map((name) => `${name},${name} 2.5%,${name} 97.5%`))
        .join(','),
    )

    // The bars that count targets stand exactly below the points that they belong to: both grids begin and end at the same places.
    const chart = await exported(page, /^Export chart Do its probabilities mean/, 'SVG')
    const lines = (await readFile(chart.path, 'utf8')).matchAll(/M([\d.]+) ([\d.]+)L([\d.]+) \2"/g)
    const across = [...lines]
      .map(([, from, , to]) => [Number(from), Number(to)] as const)
      .filter(([from, to]) => to - from > 200)
    expect(across.length).toBeGreaterThan(2)
    expect(new Set(across.map(String)).size).toBe(1)

    // The matrix has a cell for every pair, also for those that never occur.
    const confused = page.getByRole('region', { name: 'What does it take for what?', exact: true })
    await confused.getByText('Matrix', { exact: true }).click()
    const matrix = await exported(page, 'Export chart What does it take for what?', 'CSV')
    const cells = (await readFile(matrix.path, 'utf8')).trimEnd().split('\r\n').slice(1)
    const happened = new Set(cells.map((cell) => cell.split(',')[0]))
    expect(cells).toHaveLength(happened.size ** 2)
    expect(cells.filter((cell) => cell.endsWith(',0,0')).length).toBeGreaterThan(0)
    await confused.getByText('List', { exact: true }).click()

    const confusions = page.getByRole('table', { name: 'What does it take for what?' })
    await confusions
      .getByRole('button', { name: /^Show the sequences in which/ })
      .first()
      .click()
    const drawer = page.getByRole('dialog')
    await drawer
      .getByRole('button', { name: /^Show the sequence of/ })
      .first()
      .click()
    const sequence = drawer.getByRole('region', { name: 'The sequence that led to the target' })
    await sequence
      .getByText(/event \d+ of \d+/)
      .first()
      .waitFor()
    expect(await sequence.getByRole('link', { name: 'All events of this user' }).getAttribute('href')).toMatch(
      /^\/explore\/user\/.+\?at=\d+/,
    )

    // The address alone brings it back.
    const url = page.url()
    expect(url).toMatch(/behaviour=.+predicted=.+target=\d+/)
    await page.goto(url)
    await page.getByRole('dialog').getByText('What happened:').waitFor()
    expect(await seriousFindings(page, { within: '[role=dialog]' })).toEqual([])

    // Opening them was a step: Back closes them and stays on the run, and so does closing them.
    await page.goBack()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(page.url()).toMatch(/\/runs\/[^?]+$|\/runs\/[^?]+\?(?!.*behaviour)/)
    await page.goForward()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(page.url()).not.toMatch(/behaviour=/)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('the targets of a behaviour can be put into another order wherever the list stands', async () => {
    const page = await workbench.open('/runs/ce')
    const behaviours = page.getByRole('table', { name: 'How good is it for each behaviour?' })
    await behaviours.getByRole('row').nth(1).getByRole('button').first().click()
    const targets = page.getByRole('dialog').getByRole('table')
    await targets.getByRole('row').nth(1).waitFor()
    const last = Number(await targets.getAttribute('aria-rowcount'))
    expect(last, 'targets of more than one page').toBeGreaterThan(101)
    await targets.focus()
    await page.keyboard.press('End')
    const user = targets.locator(`[aria-rowindex="${last}"]`).getByRole('button')
    const surprising = (await user.textContent())!
    await page.getByRole('dialog').getByRole('combobox', { name: 'Order' }).selectOption('In order of the log')
    await user.filter({ hasNotText: surprising }).waitFor()

    // Which of them were shown is not asked of a pair, where all are wrong.
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('combobox', { name: 'Which targets' }).selectOption('Right predictions')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    const confusions = page.getByRole('table', { name: 'What does it take for what?' })
    await confusions
      .getByRole('button', { name: /^Show the sequences in which/ })
      .first()
      .click()
    await drawer
      .getByRole('button', { name: /^Show the sequence of/ })
      .first()
      .waitFor()
    await page.context().close()
  })

  test('two runs are compared on the same targets, and tables arrive as files', async () => {
    const page = await workbench.open('/runs')
    const table = page.getByRole('table', { name: 'Runs' })
    await table.getByRole('row').nth(2).waitFor()
    const csv = await exported(page, 'Export table Runs', 'CSV')
    const [header, ...lines] = (await readFile(csv.path, 'utf8')).trimEnd().split('\n')
    expect(csv.name).toBe('runs.csv')
    expect(header).toMatch(/^Name,Dataset,Objective/)
    expect(lines.map((line) => line.split(',')[0]).sort()).toEqual(['ce', 'dro-kl'])

    // The order of the table is in the address: a link to it and the way back show the same.
    const names = () => table.getByRole('link').allTextContents()
    const sortedBy = async (name: string) => table.getByRole('columnheader', { name }).getAttribute('aria-sort')
    const byName = table.getByRole('columnheader', { name: 'Name' }).getByRole('button')
    await byName.click()
    await expect.poll(names).toEqual(['ce', 'dro-kl'])
    await byName.click()
    await expect.poll(names).toEqual(['dro-kl', 'ce'])
    expect(new URL(page.url()).searchParams.get('sort')).toBe('-name')
    await table.getByRole('link', { name: 'ce', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'ce' }).waitFor()
    await page.goBack()
    await expect.poll(names).toEqual(['dro-kl', 'ce'])
    await page.reload()
    await expect.poll(names).toEqual(['dro-kl', 'ce'])
    expect(await sortedBy('Name')).toBe('descending')

    await page.getByRole('checkbox', { name: 'Choose all runs shown' }).click()
    await page
      .getByRole('region', { name: 'What differs between the configurations' })
      .getByText('Objective', { exact: true })
      .waitFor()
    const differing = await exported(page, 'Export table What differs', 'CSV')
    const [columns, ...settings] = (await readFile(differing.path, 'utf8')).trimEnd().split('\n')
    expect(columns).toBe('Setting,Path of the setting,1 dro-kl,2 ce')
    expect(settings).toContain('Objective,objective.name,dro-kl,ce')
    await page.getByRole('button', { name: 'Compare (2)' }).click()
    await page.getByRole('heading', { level: 1, name: 'Compare runs' }).waitFor()
    await page.getByText(/right only here, .* only in the reference/).waitFor()

    const ranking = page.getByRole('table', { name: 'Gains and losses, behaviour by behaviour' })
    await ranking.getByRole('columnheader', { name: 'Targets' }).getByRole('button').click()
    const parquet = await exported(page, 'Export table Gains and losses, behaviour by behaviour', 'Parquet')
    const connection = await (await DuckDBInstance.create()).connect()
    const reader = await connection.runAndReadAll(
      `SELECT sum("Gained"), count(*) FROM read_parquet('${parquet.path.replaceAll("'", "''")}')`,
    )
    const [[, behaviours]] = reader.getRows()
    expect(Number(behaviours)).toBeGreaterThan(5)

    // An area of the chart narrows the table down, and back.
    const rows = async () => Number(await ranking.getAttribute('aria-rowcount')) - 1
    const all = await rows()
    expect(all).toBe(Number(behaviours))
    const chart = page.getByRole('region', { name: 'Which behaviours gained, which lost?' })
    await chart.scrollIntoViewIfNeeded()
    await chart.getByRole('button', { name: 'Select an area' }).click()
    const { x, y, width, height } = (await chart.locator('canvas').first().boundingBox())!
    await page.mouse.move(x + 60, y + height - 51)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 3 })
    await page.mouse.up()
    await page.getByText(new RegExp(`^\\d+ of ${all} behaviours in the area`)).waitFor()
    await expect.poll(rows).toBeLessThan(all)
    expect(await rows()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Whole chart' }).click()
    await expect.poll(rows).toBe(all)

    // By keyboard alone: a menu is opened, gone through and closed, and the focus is back where it was.
    const focused = () => page.evaluate<string | null>('document.activeElement.getAttribute("aria-label")')
    const exportButton = page.getByRole('button', { name: 'Export table Gains and losses' })
    await exportButton.focus()
    for (const key of ['Enter', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key)
    const [byKeys] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect(byKeys.suggestedFilename()).toMatch(/^gains-and-losses.*\.csv$/)
    await expect.poll(() => exportButton.getAttribute('aria-busy')).toBe('false')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' })
    expect(await focused()).toMatch(/^Export table Gains and losses/)

    // The menu goes along with its button, and closes when that has left the screen.
    await exportButton.click()
    const menu = page.getByRole('menu')
    const top = async (of: Locator) => (await of.boundingBox())!.y
    const distance = async () => (await top(menu)) - (await top(exportButton))
    const [before, at] = [await distance(), await top(exportButton)]
    expect(await seriousFindings(page, { within: '[role=menu]' })).toEqual([])
    await page.evaluate(`document.querySelector('main').scrollBy(0, -50)`)
    await expect.poll(() => top(exportButton)).toBe(at + 50)
    await expect.poll(distance).toBe(before)
    await page.evaluate(`document.querySelector('main').scrollTo(0, 0)`)
    await menu.waitFor({ state: 'detached' })

    // Which columns a table has is remembered.
    await page.getByRole('button', { name: 'Columns of Gains and losses' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('checkbox', { name: 'Targets' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: 'Targets' }).waitFor({ state: 'detached' })
    expect(await focused()).toMatch(/^Columns of Gains and losses/)
    await page.reload()
    await ranking.getByRole('columnheader', { name: 'Gained' }).waitFor()
    expect(await ranking.getByRole('columnheader', { name: 'Targets' }).count()).toBe(0)

    await ranking.getByRole('row').nth(1).getByRole('button').click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Show the sequence of/ })
      .first()
      .waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  // Before one is evaluated on them.
  test('a search that finds no run says so and can be cleared, and targets on which no run was evaluated are named', async () => {
    const page = await workbench.open('/runs?search=zzz')
    await page.getByText('No run matches “zzz”.').waitFor()
    expect(await page.getByRole('table', { name: 'Runs' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Clear the search' }).click()
    const table = page.getByRole('table', { name: 'Runs' })
    await table.getByRole('link', { name: 'ce', exact: true }).waitFor()
    const unevaluated = page.getByText('None of these runs was evaluated on the validation targets.')
    expect(await unevaluated.count()).toBe(0)
    await page.getByRole('combobox', { name: 'Targets' }).selectOption({ label: 'Validation targets' })
    await unevaluated.waitFor()
    await page.context().close()
  })

  test('a double-click evaluates once, and the page of a run that is opened by its name says that it is', async () => {
    const before = evaluations().length
    // The dialog closes with a movement, during which it can still be clicked.
    const page = await workbench.open('/runs/dro-kl', { reducedMotion: 'no-preference' })
    // The second click beside the dialog that the first one opened does not close it, but another click there does.
    await page.getByRole('button', { name: 'Remove', exact: true }).dblclick({ delay: 40 })
    await page.getByRole('dialog', { name: 'Remove this run?' }).waitFor()
    await page.mouse.click(20, 20)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Evaluate', exact: true }).dblclick({ delay: 40 })
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Targets' }).selectOption('Validation targets')
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).dblclick({ delay: 80 })
    await page.getByRole('region', { name: /^(Being evaluated|Waits to be evaluated)$/ }).waitFor({ timeout: 10_000 })
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => evaluations().every(({ state }) => state === 'done')).toBe(true)
    expect(evaluations()).toHaveLength(before + 1)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('a run that is not there can be taken nowhere', async () => {
    const page = await workbench.open('/runs/nope')
    await page.getByRole('alert').getByText('nope').waitFor()
    for (const name of ['Remove', 'Training', 'Predict', 'Export', 'Evaluate']) {
      expect(await page.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true)
    }
    await page.context().close()
  })

  test('a run is evaluated with a post-hoc adjustment, is found from the table of runs, and compared with itself', async () => {
    const page = await workbench.open('/runs')
    await page.getByRole('checkbox', { name: 'Choose ce', exact: true }).click()
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Post-hoc adjustment τ' }).fill('0.25')
    await dialog.getByRole('textbox', { name: 'Bootstrap resamples' }).fill('100')
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await page.getByRole('alert').getByRole('link', { name: 'ce', exact: true }).click()
    await page.getByText('adjusted by τ 0.25').first().waitFor({ state: 'attached', timeout: 60_000 })

    await goTo(page, '/runs/compare?runs=ce,dro-kl')
    await page.getByRole('combobox', { name: 'Compare also …' }).selectOption('ce@0.25')
    await page.getByRole('columnheader', { name: 'ce@0.25' }).waitFor()

    // What is missing is made as it was asked for.
    await goTo(page, '/runs/compare?runs=ce,ce@0.5')
    await page.getByRole('region', { name: 'These runs were not evaluated so' }).getByRole('button').click()
    expect(await dialog.getByRole('textbox', { name: 'Post-hoc adjustment τ' }).inputValue()).toBe('0.5')
    await dialog.getByRole('textbox', { name: 'Bootstrap resamples' }).fill('100')
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await page.getByRole('columnheader', { name: 'ce@0.5' }).waitFor({ timeout: 60_000 })
    await page.getByText(/right only here, .* only in the reference/).waitFor()

    // One that is stale is made again as it was: with its adjustment.
    using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
    workspace.database.execute(
      `UPDATE evaluations SET result = json_set(result, '$.checkpointStep', 1) WHERE adjustment = 0.5`,
    )
    await goTo(page, '/runs/compare?runs=ce,ce@0.5')
    const stale = page.getByRole('alert').filter({ hasText: 'ce@0.5' })
    await stale.getByRole('button', { name: 'Evaluate again' }).click()
    await stale.waitFor({ state: 'detached', timeout: 60_000 })
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('baselines rank where they can, what has no figure says why, and calibration has bins of equally many targets', async () => {
    const page = await workbench.open('/runs/dro-kl')
    const metrics = page.getByRole('region', { name: 'How good is it?', exact: true })
    await metrics.getByRole('row', { name: /^HR@10/ }).waitFor()
    const heading = (await metrics.getByRole('columnheader').allTextContents()).map((text) => text.trim())
    const cell = (row: RegExp, column: RegExp) =>
      metrics
        .getByRole('row', { name: row })
        .locator('th, td')
        .nth(heading.findIndex((text) => column.test(text)))
    expect(await cell(/^HR@10/, /^Markov/).textContent()).toMatch(/^\s*0\.\d+\s*$/)
    const hit = async (row: RegExp) => Number(await cell(row, /^Markov/).textContent())
    expect(await hit(/^HR@10/)).toBeGreaterThanOrEqual(await hit(/^HR@5/))
    expect(await cell(/^MRR/, /^Repeat the last/).textContent()).toContain('names a single behaviour and ranks nothing')
    expect(await cell(/^NLL/, /^Most frequent/).textContent()).toContain('it gives no probabilities')
    expect(await metrics.locator('td:empty').count()).toBe(0)

    const calibration = page.getByRole('region', { name: 'Do its probabilities mean what they say?' })
    await calibration.scrollIntoViewIfNeeded()
    await calibration.getByText('of equally many targets').click()
    await calibration.getByRole('img', { name: /ACE 0\.\d+/ }).waitFor()

    // One from before they were kept has what it has.
    {
      using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
      workspace.database.execute(
        `UPDATE evaluations SET result = json_remove(result, '$.ace', '$.calibration.equalCount', '$.baselines.markov.hr@10')
         WHERE run = (SELECT id FROM runs WHERE name = 'dro-kl') AND adjustment = 0`,
      )
    }
    await goTo(page, '/runs/dro-kl')
    expect(await cell(/^ACE/, /^Value/).textContent()).toContain('from before this figure was kept')
    await calibration.scrollIntoViewIfNeeded()
    await calibration.getByRole('img', { name: /ECE 0\.\d+/ }).waitFor()
    await calibration.getByText('of equally many targets').click()
    await calibration.getByText('From before such bins were kept: dro-kl. Evaluate again to see them.').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('an evaluation of parameters that training has replaced is named wherever it is shown, and made again', async () => {
    using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
    workspace.database.execute(
      `UPDATE evaluations SET result = json_set(result, '$.checkpointStep', 1) WHERE run = (SELECT id FROM runs WHERE name = 'ce') AND adjustment = 0`,
    )
    const page = await workbench.open('/runs/ce')
    const again = page.getByRole('alert').getByRole('button', { name: 'Evaluate again' })
    await again.waitFor()
    await goTo(page, '/runs/compare?runs=ce,dro-kl')
    await again.waitFor()
    await goTo(page, '/runs')
    const before = evaluations().length
    await again.dblclick({ delay: 100 })
    await again.waitFor({ state: 'detached', timeout: 60_000 })
    expect(evaluations()).toHaveLength(before + 1)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('a run is evaluated by another rule, and its report arrives as one page', async () => {
    const page = await workbench.open('/runs')
    await page.getByRole('link', { name: 'dro-kl', exact: true }).click()
    await page.getByRole('button', { name: 'Evaluate' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Head, middle and tail' }).selectOption('Groups 80/20')
    await dialog.getByRole('textbox', { name: 'Bootstrap resamples' }).fill('100')
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await page
      .getByRole('combobox', { name: 'Evaluation' })
      .selectOption('Test targets · Groups 80/20 · best checkpoint', { timeout: 60_000 })
    await page.getByText('Head: the most frequent 20% of the behaviours').waitFor()

    await page.getByRole('button', { name: 'Export', exact: true }).first().click()
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      page.getByRole('menuitem', { name: 'Report (HTML)' }).click(),
    ])
    expect(await readFile(await download.path(), 'utf8')).toContain('evaluation on test targets')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
