import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readNames } from '../../src/main/storage/dictionaries.ts'
import { finishJob, insertJob, listJobs } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { labelDrafts } from '../../src/shared/review.ts'
import { addReview, changeSchema, personAt } from '../review/support.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { answerLate, type RunningWorkbench, startWorkbench } from './workbench.ts'

describe.skipIf(browserProgram === undefined)('datasets', { timeout: 300_000 }, () => {
  let workbench: RunningWorkbench
  beforeEach(async () => {
    workbench = await startWorkbench()
  })
  afterEach(() => workbench?.close())

  /** The figure of a name in the preview. */
  const figure = (page: Page, name: string) =>
    page
      .getByRole('region', { name: 'What would it hold?' })
      .locator('dl > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd')

  test('a dataset is designed with its counts in view, built, verified, and removed with its runs', async () => {
    const page = await workbench.open('/datasets')
    await page.getByRole('link', { name: 'sample' }).waitFor()
    await page.getByRole('button', { name: 'Build a dataset' }).click()

    // The counts follow the settings: all users have events enough until many are asked for.
    await page.getByText(/^Counted exactly/).waitFor()
    await figure(page, 'events').getByText('6,000').waitFor()
    await figure(page, 'users').getByText('40').waitFor()
    await page.getByLabel('Minimum events per user').fill('100000')
    await page.getByLabel('Minimum events per user').press('Tab')
    await page.getByText('No user has 100,000 events').waitFor()
    await page.getByLabel('Minimum events per user').fill('2')
    await page.getByLabel('Minimum events per user').press('Tab')
    await page.getByRole('textbox', { name: 'Training, % of the events' }).fill('60')
    await page.getByLabel('Longest history, events').fill('12')
    await page.getByLabel('Longest history, events').press('Tab')
    await figure(page, 'training targets').getByText('60.0% of the events').waitFor()

    // Two behaviours become one.
    const renames = page.getByLabel(/^New name of /)
    await renames.nth(0).pressSequentially('one of two')
    expect(await renames.nth(0).inputValue()).toBe('one of two')
    await renames.nth(1).fill('one of two')
    await page.getByText('2 of 30 behaviours with a new name; 29 behaviours in the result.').waitFor()
    await figure(page, 'behaviours').getByText('29').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    // Neither the rules nor the rest of the form go without a question.
    const question = page.getByRole('dialog')
    const keeps = async () => {
      await question.getByRole('button', { name: 'Cancel' }).click()
      await question.waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: 'Forget all rules' }).click()
    await question.getByText('2 rules are lost').waitFor()
    await keeps()
    await page.getByLabel('Taxonomy file').setInputFiles({
      name: 'rules.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('behaviour,name\nno such behaviour,other\n'),
    })
    await question.getByText('2 rules that are set here are not in rules.csv').waitFor()
    await keeps()
    await page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
    await question.getByText('What you have set here is lost, with 2 rules of the taxonomy.').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await keeps()
    await page.getByText('2 of 30 behaviours with a new name; 29 behaviours in the result.').waitFor()

    await page.getByLabel('Name', { exact: true }).fill('sample')
    await page.getByText('This name belongs to another dataset.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('short histories')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()
    await page.getByRole('link', { name: 'Open the dataset' }).click()

    await page.getByRole('heading', { name: 'short histories' }).waitFor()
    const rules = page.getByRole('region', { name: 'Which rules rename or merge behaviours?' })
    await rules.getByText('2 rules that rename or merge').waitFor()
    await expect.poll(() => rules.getByText('one of two', { exact: true }).count()).toBe(2)
    await page.getByRole('button', { name: 'What is “Training sequences”?' }).click()
    await page.getByText("⌈user's training targets / longest history⌉").waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('img', { name: /Validation from.* Times in UTC\.$/ }).waitFor()
    await page.getByText(/^Validation from .*, test from .*, by the local time of the log\.$/).waitFor()
    await page.getByRole('region', { name: 'Where do the events come from?' }).getByText('simulated.csv').waitFor()
    await page.getByText('No runs yet.').waitFor()
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText('Every file is what its hash says.').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    const source = page.getByRole('link', { name: 'simulated', exact: true })
    expect(await source.getAttribute('href')).toMatch(/^\/logs\/\d+$/)

    // A variant takes over the settings.
    await page.getByRole('button', { name: 'Build a variant' }).click()
    await page.getByText('2 of 30 behaviours with a new name').waitFor()
    expect(await page.getByLabel('Longest history, events').inputValue()).toBe('12')

    // It stays as it was set when it has been built, and nothing is asked for then.
    await page.getByLabel('Longest history, events').fill('10')
    await page.getByLabel('Longest history, events').press('Tab')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()
    expect(await page.getByLabel('Longest history, events').inputValue()).toBe('10')
    await page.getByRole('link', { name: '← Datasets' }).click()
    await page.getByRole('link', { name: 'short histories-2' }).waitFor()

    // The other dataset has runs: removing it says which go with it.
    await page.getByRole('button', { name: 'Remove the dataset sample' }).click()
    await question.getByText('2 runs go with it').waitFor()
    expect(await question.getByRole('listitem').allTextContents()).toEqual(['ce', 'dro-kl'])
    await question.getByRole('button', { name: 'Remove the dataset and 2 runs' }).click()
    await page.getByRole('link', { name: 'sample' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'short histories', exact: true }).waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('a dataset takes the names that a review gives, shows them before it is built, and says afterwards whose they are; what has a label that is not in the schema any more can be left out', async () => {
    using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
    const { database } = workspace
    const behaviours = readNames(database, 'behaviours')
      .filter((name) => name !== '')
      .slice(0, 3)
    const labels = labelDrafts.parse([
      { name: 'really one', scope: 'event', key: '1', colour: '#b3261e', behaviour: 'one of two' },
      { name: 'odd', scope: 'sequence', key: '2', colour: '#b3261e' },
    ])
    const project = addReview(database, { name: 'names', labels, sequences: [{ user: 'u', behaviours }] })
    const ada = personAt(database, project, 'Ada')
    ada.accepts(0, [1, 0, 0], [1, 1, 1], [2, 0, 2])
    changeSchema(database, project, { without: [2] })

    const page = await workbench.open(`/review/${project}/overview`)
    await page.getByRole('link', { name: 'Build a dataset with the names that the labels say' }).click()
    const source = page.getByRole('combobox', { name: 'New names' })
    await page.getByText('2 rules that rename or merge').waitFor()
    await expect.poll(() => source.evaluate((field) => field.getBoundingClientRect().bottom < innerHeight)).toBe(true)
    expect(await source.locator('option:checked').textContent()).toBe('from the review names')
    const rules = page.getByRole('table', { name: 'Which rules rename or merge behaviours?' })
    await rules.getByText('1 of 1').first().waitFor()
    expect(await rules.getByText('one of two', { exact: true }).count()).toBe(2)
    await figure(page, 'behaviours').getByText('29').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    // Own rules are kept meanwhile, and are what counts when they are chosen again.
    await source.selectOption('rules that you write below or load from a file')
    await page.getByText('0 of 30 behaviours with a new name').waitFor()
    await figure(page, 'behaviours').getByText('30').waitFor()
    await page
      .getByLabel(/^New name of /)
      .first()
      .fill('mine')
    await source.selectOption('from the review names')
    await figure(page, 'behaviours').getByText('29').waitFor()
    await source.selectOption('rules that you write below or load from a file')
    await page.getByText('1 of 30 behaviours with a new name').waitFor()
    await source.selectOption('from the review names')

    await page.getByRole('combobox', { name: 'Left out by reviews' }).click()
    await page.getByRole('option', { name: 'names · odd (taken out of the schema)' }).click()
    await page.getByLabel('Name', { exact: true }).fill('named by people')
    await page.getByRole('button', { name: 'Build', exact: true }).click()
    await page.getByText('Built.').waitFor()
    await page.getByRole('link', { name: 'Open the dataset' }).click()
    const panel = page.getByRole('region', { name: 'Which rules rename or merge behaviours?' })
    await panel.getByText('version 2 of its labels').waitFor()
    await panel.getByText('2 votes in 1 accepted decision').waitFor()
    expect(await panel.getByRole('link', { name: 'names' }).getAttribute('href')).toBe(`/review/${project}/overview`)
    expect(await seriousFindings(page)).toEqual([])

    // A variant has the same rules, whatever is labelled by then.
    ada.does(0, { kind: 'remove-labels', labels: [{ label: 1, from: 0, until: 0 }] })
    await page.getByRole('button', { name: 'Build a variant' }).click()
    await page.getByText('2 of 30 behaviours with a new name').waitFor()
    expect(await source.locator('option:checked').textContent()).toBe('rules that you write below or load from a file')
    expect(workbench.complaints).toEqual([])
  })

  test('the builder says what became of a build that it cannot follow or that was cancelled, and that reviews cannot be read', async () => {
    using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
    const { database } = workspace
    const page = await workbench.open('/datasets/new?job=123456')
    await page.getByText('There is no job 123456').waitFor()

    const cancelled = insertJob(database, 'build-dataset', {})
    finishJob(database, cancelled, 'cancelled')
    await page.goto(new URL(`/datasets/new?job=${cancelled}`, workbench.origin).href)
    await page.getByText('No dataset was built.').waitFor()

    database.execute('ALTER TABLE review_projects RENAME TO review_projects_away')
    await page.goto(new URL('/datasets/new', workbench.origin).href)
    const refused = page.getByRole('alert').filter({ hasText: 'review_projects' })
    await refused.waitFor()
    database.execute('ALTER TABLE review_projects_away RENAME TO review_projects')
    await refused.getByRole('button', { name: 'Try again' }).click()
    await refused.waitFor({ state: 'detached' })
    expect(workbench.complaints).toEqual([])
  })

  test('a double-click builds once', async () => {
    const builds = () => {
      using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
      return listJobs(workspace.database, 100).filter(({ kind }) => kind === 'build-dataset').length
    }
    const before = builds()
    const page = await workbench.open()
    await answerLate(page, 300)
    await page.goto(new URL('/datasets/new', workbench.origin).href)
    await page.getByText(/^Counted exactly/).waitFor()
    await page.getByRole('button', { name: 'Build', exact: true }).dblclick({ delay: 20 })
    await page.getByText('Built.', { exact: true }).waitFor()
    expect(builds()).toBe(before + 1)
    expect(workbench.complaints).toEqual([])
  })

  test('what the preview refuses is not built, and a period that ends before it begins is marked as such', async () => {
    const page = await workbench.open('/datasets/new')
    const build = page.getByRole('button', { name: 'Build', exact: true })
    await page.getByText(/^Counted exactly/).waitFor()
    await page.getByLabel('From', { exact: true }).fill('2030-01-02T00:00')
    await page.getByLabel('Until (exclusive)').fill('2030-01-01T00:00')
    await page.getByText('Ends before it begins.').waitFor()
    expect(await build.isDisabled()).toBe(true)
    await page.getByLabel('Until (exclusive)').fill('')
    await page.getByLabel('From', { exact: true }).fill('')
    await page.getByText(/^Counted exactly/).waitFor()
    await expect.poll(() => build.isEnabled()).toBe(true)

    // A filter that leaves nobody is refused by the preview alone.
    await page.getByLabel('From', { exact: true }).fill('2090-01-01T00:00')
    await page.getByRole('alert').first().waitFor()
    expect(await build.isDisabled()).toBe(true)
    expect(workbench.complaints).toEqual([])
  })

  test('no number is changed under the hand: what does not fit says so beside its field, nothing is counted of it, and it is not built', async () => {
    const page = await workbench.open('/datasets/new')
    const build = page.getByRole('button', { name: 'Build', exact: true })
    const field = (name: string) => page.getByRole('textbox', { name, exact: true })
    const fill = async (name: string, value: string) => {
      await field(name).fill(value)
      await field(name).press('Tab')
    }
    await page.getByText(/^Counted exactly/).waitFor()

    // One share leaves the other alone.
    await fill('Training, % of the events', '95')
    await page.getByText('Together they take 105% of the events: nothing is left for the test.').waitFor()
    expect(await field('Validation, % of the events').inputValue()).toBe('10')
    await page.getByText('To be put right before it can be built: Split', { exact: true }).waitFor()
    expect(await build.isDisabled()).toBe(true)
    expect(await build.getAttribute('title')).toBe('To be put right before it can be built: Split')
    await page.getByText('Counted again as soon as all settings fit.').waitFor()
    expect(await page.getByText(/^Counted exactly/).count()).toBe(0)
    await page.getByRole('slider', { name: 'Validation, % of the events' }).fill('4')
    await page.getByText('The rest is for the test: 1%.').waitFor()
    await page.getByText(/^Counted exactly/).waitFor()
    await expect.poll(() => build.isEnabled()).toBe(true)

    // An emptied field is empty, and a number out of its range stays as it was typed.
    await fill('Minimum events per user', '')
    await fill('Longest history, events', '5000')
    await fill('Validation, % of the events', '100')
    await page.getByText('A whole number, 1 or more.').waitFor()
    await page.getByText('A whole number from 2 to 4,096.').waitFor()
    await page.getByText('A number above 0 and below 100.').waitFor()
    expect(await field('Minimum events per user').inputValue()).toBe('')
    expect(await field('Longest history, events').inputValue()).toBe('5000')
    expect(await field('Training, % of the events').inputValue()).toBe('95')
    await page
      .getByText(
        'To be put right before it can be built: Minimum events per user · Longest history, events · Validation, % of the events',
      )
      .waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await fill('Minimum events per user', '3')
    await fill('Longest history, events', '16')
    await fill('Validation, % of the events', '4')
    await field('Name').fill('')
    await page.getByText('A dataset needs a name.').waitFor()
    expect(await build.isDisabled()).toBe(true)
    await field('Name').fill('other shares')
    await page.getByText(/^To be put right/).waitFor({ state: 'detached' })

    // What a field says of itself holds.
    await page.getByText('None chosen: all of them.').waitFor()
    await page.getByRole('combobox', { name: 'Sources' }).click()
    await page.getByRole('option', { name: 'simulated' }).click()
    await page.getByText('Only their events.').waitFor()
    expect(await page.getByText('None chosen: all of them.').count()).toBe(0)
    await page.keyboard.press('Escape')
    await build.click()
    await page.getByText('Built.').waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('of a dataset whose source is gone it is said that only another import brings it back', async () => {
    const page = await workbench.open('/logs')
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove [\d,]+ events$/ })
      .click()
    await page.getByRole('link', { name: 'simulated' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Datasets', exact: true }).click()
    await page
      .getByRole('button', { name: /^Remove the dataset/ })
      .first()
      .click()
    const question = page.getByRole('dialog', { name: 'Remove this dataset?' })
    await question.getByText('Its source simulated has been removed since').waitFor()
    expect(await question.getByText('The logs stay').count()).toBe(0)
    await page.context().close()
  })
})
