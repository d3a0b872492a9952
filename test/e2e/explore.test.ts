import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { byteOrderMark } from '../../src/shared/csv.ts'
import { seriousFindings } from './accessibility.ts'
import { browserProgram } from './browser.ts'
import { exported, goTo } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

async function workbenchFor(options?: Parameters<typeof startWorkbench>[0]): Promise<RunningWorkbench> {
  const workbench = await startWorkbench(options)
  onTestFinished(() => workbench.close())
  return workbench
}

/** A command beside the running host. */
function command({ workspace }: RunningWorkbench, ...words: string[]): void {
  const all = ['out/main/cli.js', ...words, '--workspace', workspace]
  const { status, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
}

describe.skipIf(browserProgram === undefined)('exploring a log', () => {
  test('leads from the frequencies to a behaviour, a user and single events', async () => {
    const workbench = await workbenchFor()
    const page = await workbench.open('/explore')

    // A behaviour that is chosen in the list is what the charts of time show, and the address says so.
    const behaviours = page.getByRole('table', { name: 'Behaviours' })
    const first = behaviours.getByRole('row').nth(1)
    const name = (await first.getByRole('link').getAttribute('title'))!
    await page.getByRole('img', { name: 'Events over time of all behaviours.' }).waitFor()
    await first.getByRole('checkbox').check()
    await page.getByRole('img', { name: `Events over time of ${name}.` }).waitFor()
    // Hours and days are those of the log's zone, which is named.
    await page.getByRole('img', { name: /^Events by local hour and weekday.* Times in UTC\.$/ }).waitFor()
    expect(new URL(page.url()).searchParams.getAll('behaviour')).toEqual([name])
    await page.reload()
    await page.getByRole('img', { name: `Events over time of ${name}.` }).waitFor()

    // Exports are real files.
    const csv = (await exported(page, 'Rank and frequency', 'CSV')).toString()
    expect(csv).toMatch(/^rank,behaviour,events,group\r\n1,/)
    expect(csv.split('\r\n').length).toBe(Number((await behaviours.getAttribute('aria-rowcount'))!) + 1)
    expect((await exported(page, 'Hours of the week', 'SVG')).toString()).toMatch(/^<svg[\s\S]*<\/svg>\s*$/)
    expect((await exported(page, 'Lorenz curve', 'PNG')).subarray(1, 4).toString()).toBe('PNG')

    // Another rule colours the chart; the search finds by any part of a name.
    await page.getByRole('button', { name: 'Thirds' }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('rule')).toBe('terciles')
    await page.getByText('Users', { exact: true }).last().click()
    await page.getByRole('textbox', { name: 'Search by name' }).fill('7')
    const users = page.getByRole('table', { name: 'Users' })
    await page.getByText(/^[1-9]\d* found$/).waitFor()
    const user = (await users.getByRole('link').first().textContent())!
    expect(user).toContain('7')
    await page.getByRole('checkbox', { name: 'from the start' }).check()
    await page.getByRole('checkbox', { name: 'from the start' }).uncheck()
    await users.getByRole('link').first().click()
    await page.getByRole('heading', { name: `User “${user}”` }).waitFor()

    // The way back leads to the names that were found, and so does the address alone.
    await page.goBack()
    const field = page.getByRole('textbox', { name: 'Search by name' })
    await users.getByRole('link').first().waitFor()
    expect(await field.inputValue()).toBe('7')
    const { searchParams } = new URL(page.url())
    expect([searchParams.get('names'), searchParams.get('search'), searchParams.get('match')]).toEqual([
      'users',
      '7',
      null,
    ])
    await page.goto(`${page.url()}&match=start`)
    await page.getByText(/^\d+ found$/).waitFor()
    expect(await page.getByRole('checkbox', { name: 'from the start' }).isChecked()).toBe(true)
    // What is typed into the middle stays there.
    await field.press('ArrowLeft')
    await field.pressSequentially('user 0')
    expect(await field.inputValue()).toBe('user 07')
    await expect.poll(() => new URL(page.url()).searchParams.get('search')).toBe('user 07')
    // A pasted name often has a space around it.
    await field.fill(' 7 ')
    await page.getByRole('checkbox', { name: 'from the start' }).uncheck()
    await users.getByRole('link', { name: user, exact: true }).click()

    // The timeline is read by keyboard; the selected event is told in words.
    await page.getByRole('heading', { name: `User “${user}”` }).waitFor()
    const timeline = page.getByRole('application', { name: /^Timeline of \d+ events/ })
    await timeline.focus()
    await page.keyboard.press('Home')
    await page.getByText(/event 1 of \d+/).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByText(/event 2 of \d+/).waitFor()
    await page.keyboard.press('Shift+ArrowRight')
    await page.getByText('2 events in the span').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('2 events in the span').waitFor({ state: 'detached' })
    for (let presses = 0; presses < 6; presses++) await page.keyboard.press('+')

    // It can be taken along as it stands.
    expect((await exported(page, `User “${user}”`, 'SVG')).toString()).toMatch(/^<svg[\s\S]*<text[\s\S]*<\/svg>\s*$/)
    expect((await exported(page, `User “${user}”`, 'PNG')).subarray(1, 4).toString()).toBe('PNG')
    const [shown, total] = (await page.getByText(/^\d+ of \d+ events in view/).textContent())!
      .match(/\d+/g)!
      .map(Number)
    expect(shown).toBeLessThan(total!)
    await page.getByText(/^As a list/).click()
    const rows = page.getByRole('region', { name: 'Events in view' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(shown! + 1)

    // The figures and counts stay the user's, of all events, when only a part of them is shown.
    const figure = page.locator('.figures > div').filter({ has: page.getByText('Behaviours', { exact: true }) })
    const kinds = await figure.locator('dd').textContent()
    expect(Number(kinds)).toBeGreaterThan(1)
    const list = page.getByRole('table', { name: 'Behaviours' })
    expect(Number(await list.getAttribute('aria-rowcount'))).toBe(Number(kinds) + 1)
    const counted = await list.textContent()
    const place = new URL(page.url())
    place.searchParams.set('behaviour', (await list.getByRole('link').first().getAttribute('title'))!)
    await page.evaluate(`
      history.pushState(null, '', ${JSON.stringify(place.href)})
      dispatchEvent(new PopStateEvent('popstate'))`)
    await page
      .getByRole('application', { name: new RegExp(`^Timeline of ${total} events`) })
      .waitFor({ state: 'detached' })
    expect(await figure.locator('dd').textContent()).toBe(kinds)
    expect(await list.textContent()).toBe(counted)

    // Its behaviours lead to a behaviour: what comes before and after.
    await page.getByRole('table', { name: 'Behaviours' }).getByRole('link').first().click()
    await page.getByRole('heading', { name: 'What comes right after?' }).waitFor()
    await page.getByRole('table', { name: 'Users' }).getByRole('link').first().waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('scrolls to any event of the table without reading those before it', async () => {
    const workbench = await workbenchFor()
    const page = await workbench.open('/explore/events')
    const table = page.getByRole('table', { name: 'Events' })
    await table.getByRole('link').first().waitFor()
    await page.getByText(/^[\d,]+ events · Times in UTC\.$/).waitFor()
    const rows = Number(await table.getAttribute('aria-rowcount'))
    await table.focus()
    await page.keyboard.press('End')
    const last = page.locator(`[aria-rowindex="${rows}"]`)
    await last.getByRole('link').waitFor()
    const lastUser = await last.getByRole('link').textContent()
    await page.keyboard.press('Home')
    await page.locator('[aria-rowindex="2"]').getByRole('link').waitFor()
    expect(await page.locator('[aria-rowindex="2"]').getByRole('link').textContent()).not.toBe(lastUser)

    // All of them can be taken along.
    await page.getByRole('button', { name: 'Export all events of the chosen sources' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('CSV', { exact: true }).click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .replace(byteOrderMark, '')
      .trimEnd()
      .split('\n')
    expect(lines[0]).toBe('user,time,utc_offset_minutes,event,location,source,simulated')
    expect(lines).toHaveLength(rows)
    expect(lines.at(-1)).toMatch(`,simulated,true`)
    expect(workbench.complaints).toEqual([])
  })

  test('shows the events of one user, says what a link has too much of, and leads from a source to a dataset of it', async () => {
    const workbench = await workbenchFor({ sample: false })
    const file = path.join(path.dirname(workbench.workspace), 'busy.csv')
    const rows = ['anna', 'ben', 'cleo'].flatMap((user) =>
      Array.from({ length: 300 }, (_, index) => `${user},${1_700_000_000 + 60 * index},b${index % 20}`),
    )
    writeFileSync(file, `user,time,event\n${rows.join('\n')}\n`)
    command(workbench, 'import', file)
    const other = path.join(path.dirname(workbench.workspace), 'another.csv')
    writeFileSync(other, 'user,time,event\ndora,1987-01-01T00:00:00,b0\ndora,2024-01-01T00:00:00,b1\n')
    command(workbench, 'import', other)

    // The address names the user, of whom every row is.
    const page = await workbench.open('/explore/events')
    await page.getByText('902 events · Times in UTC.').waitFor()
    await page.getByLabel('Events of one user').first().click()
    await page.keyboard.type('be')
    await page.getByText('ben (300)', { exact: true }).click()
    await page.getByText('300 events · Times in UTC.').waitFor()
    expect(new URL(page.url()).searchParams.get('user')).toBe('ben')
    const table = page.getByRole('table', { name: 'Events' })
    await table.focus()
    await page.keyboard.press('End')
    await page.locator('[aria-rowindex="301"]').getByRole('link', { name: 'ben' }).waitFor()

    // Thirteen behaviours are one too many, which is said.
    const chosen = Array.from({ length: 13 }, (_, index) => `behaviour=b${index}`).join('&')
    await goTo(page, `/explore?${chosen}`)
    await page.getByText('12 of 13 behaviours are shown').waitFor()

    // A chart's file has every day, also of the decades between a mistyped date and the next event.
    await goTo(page, '/explore?source=another')
    const days = (await exported(page, 'Events over time', 'CSV')).toString().trimEnd().split('\r\n')
    expect(days.slice(0, 3)).toEqual(['behaviour,day,events', ',1987-01-01,1', ',1987-01-02,0'])
    expect(days).toHaveLength(1 + 13_515)
    const picture = (await exported(page, 'Events over time', 'SVG')).toString()
    expect(picture).toContain('Events over time of all behaviours.')

    // The palette finds the source, and what its page builds is of it; rules for behaviours that it has not are not counted.
    await page.keyboard.press('Control+k')
    await page.keyboard.type('another')
    await page.getByRole('option', { name: /^source another/ }).click()
    await page.getByRole('button', { name: 'Build a dataset' }).click()
    await page.waitForURL('**/datasets/new?source=another')
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('another')
    await page.getByLabel('Taxonomy file').setInputFiles({
      name: 'rules.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('behaviour,name\nb19,other\nb0,other\n'),
    })
    await page.getByText('1 of 2 behaviours with a new name').waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('says why the table of events cannot be read, and shows it once it can be', async () => {
    const workbench = await workbenchFor({ sample: false })
    const file = path.join(path.dirname(workbench.workspace), 'later.csv')
    const rows = Array.from({ length: 5_000 }, (_, index) => `u,${1_700_000_000 + index},walk`)
    writeFileSync(file, `user,time,event\n${rows.join('\n')}\n`)

    const page = await workbench.open('/explore/events?source=later')
    const table = page.getByRole('table', { name: 'Events' })
    const refusal = page.getByRole('alert').filter({ hasText: 'There is no source later.' })
    await refusal.waitFor()
    // It stands alone: nothing says that the log is empty, or that it is still read.
    expect(await page.getByText(/Loading|events · |no events/i).count()).toBe(0)
    expect(await table.count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Export all events' }).isDisabled()).toBe(true)
    expect(await seriousFindings(page)).toEqual([])

    // By itself: the page follows what commands do.
    command(workbench, 'import', file, '--source', 'later')
    await table.getByRole('link').first().waitFor()
    await refusal.waitFor({ state: 'detached' })

    // What is taken away while a person reads is said as well.
    command(workbench, 'sources', 'remove', 'later')
    await refusal.waitFor()
    await table.waitFor({ state: 'detached' })
    await refusal.waitFor()
    expect(workbench.complaints).toEqual([])
  })

  test('a link to a moment of a user with thousands of events shows that event among those around it', async () => {
    const workbench = await workbenchFor({ sample: false })
    const file = path.join(path.dirname(workbench.workspace), 'busy.csv')
    const day = 86_400_000
    const start = Date.UTC(2024, 0, 1)
    // One event a day for a year, and in the middle of it two a minute for three days.
    const days = Array.from({ length: 365 }, (_, index) => start + index * day)
    const burst = Array.from({ length: 8_640 }, (_, index) => start + 180 * day + index * 30_000 + 5)
    const linked = burst[4_000]!
    const rows = [...days, ...burst].map((time) => `busy,${time},${time === linked ? 'the one' : 'walk'}`)
    writeFileSync(file, `user,time,event\n${rows.join('\n')}\n`)
    command(workbench, 'import', file)

    const page = await workbench.open(`/explore/user/busy?at=${linked}`)
    const detail = page.locator('.detail')
    await detail.getByText('the one', { exact: true }).waitFor()
    // The picture is of these days, not of the whole year.
    const axis = async () => (await exported(page, 'User “busy”', 'SVG')).toString()
    expect(await axis()).toContain('>09:00</text>')
    expect(await axis()).not.toContain('2024</text>')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByText(/^Too many events for one picture/).waitFor()
    await expect.poll(axis).toContain('2024</text>')

    // Where nothing happened for days around it, the nearest event is shown, and elsewhere the first or last.
    for (const [moment, time] of [
      [start + 100.4 * day, /^Wed,? 10 Apr 2024, 00:00:00$/],
      [0, /^Mon,? 1 Jan 2024, 00:00:00$/],
      [Date.UTC(2030, 0), /^Mon,? 30 Dec 2024, 00:00:00$/],
    ] as const) {
      await goTo(page, `/explore/user/busy?at=${moment}`)
      await detail.getByText(time).waitFor()
    }
    expect(workbench.complaints).toEqual([])
  })

  test('shows names from a file as what they are, however hostile', async () => {
    const workbench = await workbenchFor({ sample: false })
    const markup = '<img src=x onerror=alert(1)>'
    const names = [markup, '{a|rich}', '=cmd()', 'שלום עולם', `long ${'x'.repeat(900)}`]
    const file = path.join(path.dirname(workbench.workspace), 'hostile.csv')
    const rows = names.flatMap((name, index) =>
      Array.from({ length: 9 - index }, (_, day) => `"${name}",2024-01-0${day + 1}T08:00:00,"${name}","${name}"`),
    )
    writeFileSync(file, `user,time,event,location\n${rows.join('\n')}\n`)
    command(workbench, 'import', file, '--timezone', 'Asia/Shanghai')

    const page = await workbench.open('/explore')
    page.on('dialog', (dialog) => workbench.complaints.push(`dialog: ${dialog.message()}`))
    const list = page.getByRole('table', { name: 'Behaviours' })
    for (const name of names) {
      await list.getByTitle(name, { exact: true }).first().waitFor()
      await list.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check()
    }
    await page.getByRole('img', { name: /^Events over time of .*<img src=x/ }).waitFor()
    const chart = page.getByRole('img', { name: /^Rank-frequency of 5/ })
    const { width, height } = (await chart.boundingBox())!
    for (let x = 0.1; x < 1; x += 0.1) await chart.hover({ position: { x: x * width, y: height / 2 } })
    expect((await exported(page, 'Rank and frequency', 'CSV')).toString()).toContain(",'=cmd(),")
    for (const name of [markup, names[1]!, names[3]!]) {
      await goTo(page, `/explore/user/${encodeURIComponent(name)}`)
      const timeline = page.getByRole('application')
      await timeline.focus()
      await page.keyboard.press('Home')
      await page.getByText('event 1 of').waitFor()
      await page.getByText('Times in Asia/Shanghai.', { exact: true }).waitFor()
      await goTo(page, `/explore/behaviour/${encodeURIComponent(name)}`)
      await page.getByRole('heading', { name: 'Who does it most?' }).waitFor()
    }
    await page.goto(new URL('/explore/user/nobody', workbench.origin).href)
    await page.getByRole('alert').getByText('There is no user nobody').waitFor()
    // Once for the whole page.
    await goTo(page, '/explore/behaviour/nothing')
    await page.getByRole('alert').getByText('nothing').first().waitFor()
    expect(await page.getByRole('alert').count()).toBe(1)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(workbench.complaints).toEqual([])
  })
})
