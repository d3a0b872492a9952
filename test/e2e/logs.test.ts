import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listJobs } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { dropLog, dropLogs } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

const image = '<img src=x onerror="window.hacked = true">'
const formula = '=HYPERLINK("http://x")'
const longName = 'x'.repeat(900)

/** A log as somebody might have it: 6 usable rows, one of them twice, and 5 that cannot be used. */
const hostileLog = [
  'person;moment;what;where',
  'u1;2024-03-01T08:00:00Z;walk;park',
  `u1;2024-03-01T08:30:00Z;"${image.replaceAll('"', '""')}";park`,
  'u2;not a time;eat;home',
  `u2;2024-03-01T09:00:00Z;"${formula.replaceAll('"', '""')}";home`,
  `u2;2024-03-01T09:00:00Z;"${formula.replaceAll('"', '""')}";home`,
  ';2024-03-01T10:00:00Z;walk;park',
  'u3;2024-03-01T10:00:00Z',
  'مستخدم;2024-03-02T10:00:00Z;قراءة;بيت',
  '=1+1;2024-13-02T10:00:00Z;\u202Eturned;x',
  'u4;2024-03-02T10:00:00Z;read;',
  `u5;2024-03-03T10:00:00Z;${longName};y`,
  `u6;2024-03-03T10:00:00Z;${'y'.repeat(10_000)};y`,
  '',
].join('\n')

/** Chooses a column, which stands in the list with its first value. */
async function choose(page: Page, label: string, column: string): Promise<void> {
  const select = page.getByRole('combobox', { name: label, exact: true })
  const option = select.locator('option').filter({ hasText: new RegExp(`^${column}\\b`) })
  await select.selectOption(await option.getAttribute('value'))
}

/** What stands under the name of a figure, with its note. */
async function figure(page: Page, label: string): Promise<string | undefined> {
  const figures = page.locator('dl.figures > div')
  const text = await figures
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator('dd')
    .textContent()
  return text?.trim()
}

describe.skipIf(browserProgram === undefined)('a log', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())

  test('of several files leaves out those that are taken away again, and keeps what was chosen for the others', async () => {
    const rows = (user: string) => `person;moment;what\n${user};2024-03-01T08:00:00Z;walk\n`
    const page = await workbench.open('/logs/import')
    await dropLogs(page, { 'one.csv': rows('u1'), 'two.csv': rows('u2'), 'three.csv': rows('u3') })
    const files = page.getByRole('region', { name: 'Files to import' })
    const focused = () =>
      page.evaluate<string | null>(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()',
      )
    await choose(page, 'Time', 'moment')
    await choose(page, 'Behaviour', 'what')
    await expect.poll(() => figure(page, 'Rows looked at')).toBe('3 all of them')
    const name = page.getByRole('textbox', { name: 'Name of the source' })
    expect(await name.inputValue()).toBe('one')

    // By keyboard one after the other.
    await files.getByRole('button', { name: 'Remove one.csv' }).press('Enter')
    await expect.poll(() => figure(page, 'Rows looked at')).toBe('2 all of them')
    expect(await name.inputValue()).toBe('two')
    expect(await focused()).toBe('Remove two.csv')
    expect(await seriousFindings(page)).toEqual([])
    await name.fill('my log')
    await files.getByRole('button', { name: 'Remove three.csv' }).press('Enter')
    await expect.poll(() => figure(page, 'Rows looked at')).toBe('1 all of them')
    expect(await name.inputValue()).toBe('my log')
    await page.getByRole('cell', { name: 'u2', exact: true }).waitFor()
    await files.getByRole('button', { name: 'Remove two.csv' }).press('Enter')
    await files.getByText('Drop log files here').waitFor()
    expect(await focused()).toBe('Choose files')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('is dropped, mapped, imported with its bad rows kept, looked at, exported and removed; hostile cells stay text', async () => {
    const page = await workbench.open('/logs/import')
    await dropLog(page, 'hostile.csv', hostileLog)

    // The user and the place are guessed by their names; the rest is asked for.
    await page.getByText('Choose a different column for user, time and behaviour').waitFor()
    await choose(page, 'Time', 'moment')
    await choose(page, 'Behaviour', 'what')
    await page.getByText('The first refused rows').waitFor()
    expect(await figure(page, 'Rows looked at')).toBe('12 all of them')
    expect(await figure(page, 'Refused')).toBe('5 41.7%')
    await page.getByText(image, { exact: true }).waitFor()

    // The dry run follows the time zone.
    const zone = page.getByRole('combobox', { name: 'Time zone of the log' })
    await zone.focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('nowhere at all')
    await page.getByText('Nothing found.').waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    // As people write it.
    await page.keyboard.type('new yo')
    await page.getByRole('option', { name: 'America/New_York' }).waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('jakarta')
    await page.getByRole('option', { name: 'Asia/Jakarta' }).waitFor()
    // What Enter would take is told to screen readers.
    await expect
      .poll(async () => page.locator(`[id="${await zone.getAttribute('aria-activedescendant')}"]`).textContent())
      .toContain('Asia/Jakarta')
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: '2024-03-01 15:00:00 +07:00' }).waitFor()

    // A click on the name of a setting leads to its input.
    await page.getByText('Name of the source', { exact: true }).click()
    const name = page.getByRole('textbox', { name: 'Name of the source' })
    expect(await name.evaluate((field) => field.matches(':focus'))).toBe(true)

    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
    expect(await figure(page, 'Events')).toBe('6')
    expect(await figure(page, 'Duplicates')).toBe('1')

    // The address leads back to what came of it.
    await page.reload()
    await page.setViewportSize({ width: 1280, height: 500 })
    await page.getByRole('button', { name: 'See the 5 refused rows' }).click()
    await page.getByText('Asia/Jakarta').first().waitFor()
    const refused = page.getByRole('region', { name: 'Which rows were refused, and why?' })
    await refused.getByRole('cell', { name: '2 fields where the header has 4' }).waitFor()
    const top = () => refused.evaluate((part) => part.getBoundingClientRect().top / innerHeight)
    await expect.poll(top).toBeLessThan(0.5)
    await page.setViewportSize({ width: 1440, height: 900 })
    // What would turn the rest of the line around is shown as what it is.
    await refused.getByText('\\u{202E}turned').first().waitFor()

    const { pathname } = new URL(page.url())
    await page.goto(new URL(`${pathname}?reason=${encodeURIComponent('there is no such date')}`, page.url()).href)
    await refused.getByRole('cell', { name: 'there is no such date' }).first().waitFor()
    await refused.getByRole('cell', { name: '2 fields where the header has 4' }).waitFor({ state: 'detached' })

    const downloading = page.waitForEvent('download')
    await refused.getByRole('button', { name: 'Export all refused rows' }).click()
    await page.getByRole('menuitem', { name: 'CSV', exact: true }).click()
    const exported = readFileSync(await (await downloading).path(), 'utf8')
    expect(exported.split('\n')).toHaveLength(7)
    // A spreadsheet runs nothing of it.
    expect(exported).toContain(`,'=1+1;2024-13-02`)

    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('6 events of 5 users and 5 refused rows will be deleted.').waitFor()
    await page.getByText('Datasets and runs that were made from it stay as they are.').waitFor()
    // The second click meets a dialog that fades: it removes nothing again, which would fail.
    await page.getByRole('button', { name: 'Remove 6 events' }).dblclick()
    await page.waitForURL('**/logs')
    await page.getByRole('link', { name: 'simulated' }).waitFor()
    expect(await page.getByRole('link', { name: 'hostile' }).count()).toBe(0)
    using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
    const jobs = listJobs(workspace.database, 100)
    expect(jobs.filter(({ kind }) => kind === 'remove-source').map(({ state }) => state)).toEqual(['done'])

    expect(await page.evaluate(`'hacked' in window`)).toBe(false)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('named as what it is not is read as what a person says it is; an upload is overtaken, cancelled and left; and files are not lost unasked', async () => {
    const page = await workbench.open('/logs/import')
    const log = 'user,time,event\nu,2024-03-01T08:00:00,walk\n'
    await dropLog(page, 'table.json', log)
    await page.getByText('holds no JSON objects in its first lines').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('combobox', { name: 'File format' }).selectOption('CSV')
    await page.getByRole('cell', { name: 'walk' }).waitFor()

    // Nothing answers the first two uploads.
    let aborted = 0
    page.on('requestfailed', (request) => {
      if (request.url().includes('/upload/slow')) aborted++
    })
    await page.route('**/upload/slow*', () => {})
    await dropLog(page, 'slow.csv', log)
    await page.getByText('has arrived').waitFor()
    await dropLog(page, 'quick.csv', log.replace('walk', 'talk'))
    await page.getByRole('cell', { name: 'talk' }).waitFor()
    await expect.poll(() => aborted).toBe(1)
    expect(await page.getByText('has arrived').count()).toBe(0)
    await dropLog(page, 'slow.csv', log)
    await page.getByRole('button', { name: 'Cancel the upload' }).click()
    await expect.poll(() => aborted).toBe(2)
    await page.getByText('quick.csv').waitFor()

    // A page with chosen files is left with a question, and what is on its way then is aborted.
    await dropLog(page, 'slow.csv', log)
    await page.getByText('has arrived').waitFor()
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('link', { name: '← Logs' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without importing?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    await page.getByText('quick.csv').waitFor()
    expect(aborted).toBe(2)
    await page.getByRole('link', { name: '← Logs' }).click()
    await question.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL('**/logs')
    await expect.poll(() => aborted).toBe(3)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('of an import that nobody knows is not found, also where its number is none', async () => {
    const page = await workbench.open('/logs/import?job=abc')
    await page.getByRole('alert').getByText('There is no job abc in this workspace.').waitFor()
    await page.context().close()
  })

  test('is refused with the reason when its content or its name is there already, or too many rows are bad', async () => {
    const page = await workbench.open('/logs/import')
    const rows = Array.from({ length: 20 }, (_, index) => `u${index},2024-03-01T08:00:${10 + index},walk\n`)
    const log = `user,time,event\n${rows.join('')}`
    await dropLog(page, 'first.csv', log)
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Import another' }).click()

    // The same content by another name.
    await dropLog(page, 'second.csv', log)
    await page.getByText('second.csv is imported already: source first holds the same content').waitFor()
    await page.getByText('Remove that source first to import it again').waitFor()
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)

    // Another content by the same name; with as many bad rows as are not allowed.
    await dropLog(page, 'first.csv', `${log},2024-03-01T09:00:00,walk\n`)
    await page.getByText('There is a source of this name already.').waitFor()
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Name of the source' }).fill('third')
    await page.getByRole('textbox', { name: 'Maximum refused rows' }).fill('0')
    await page.getByRole('textbox', { name: 'Maximum refused rows' }).blur()
    await page.getByText('More rows are refused than the 0 that you allow').waitFor()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText(/1 of the first 21 rows are unusable; nothing was imported/).waitFor()
    await page.getByRole('button', { name: 'Change how it is read' }).click()
    await page.getByRole('button', { name: 'Import', exact: true }).waitFor()

    await page.goto(new URL('/logs', workbench.origin).href)
    await page.getByRole('link', { name: 'first' }).waitFor()
    expect(await page.getByRole('link', { name: 'third' }).count()).toBe(0)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
