import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { behaviourNames } from '../../src/main/simulation/smartphone.ts'
import { insertJob } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { browserProgram } from './browser.ts'
import { placesOf } from './places.ts'
import { exported, goTo, isShown } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

/** Four words of the Latin alphabet in a row, which no Chinese text of ours has. Names, paths and commands have no spaces between so many. */
const englishSentence = /(?:[A-Za-z][A-Za-z'’]+[ ,;:]+){3,}[A-Za-z]{2,}/g

/** Everything that a page says: its text, and what it tells on hovering and to screen readers. */
async function englishOn(page: Page): Promise<string[]> {
  // Text, because the tests are compiled without the browser's types.
  const said = await page.evaluate<string>(`[
    document.body.innerText,
    ...[...document.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap((element) =>
      ['title', 'aria-label', 'placeholder'].map((name) => element.getAttribute(name) ?? '')),
  ].join('\\n')`)
  const ours = behaviourNames.reduce((text, name) => text.replaceAll(name, ''), said)
  // A phrase that nobody rendered would be shown as the object that it is.
  return [...new Set(ours.match(englishSentence) ?? []), ...(ours.match(/"template"|\[object /g) ?? [])]
}

async function dropLog(page: Page, name: string, content: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`{
    const transfer = new DataTransfer()
    transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}, { type: 'text/csv' }))
    transfer
  }`)
  await page.getByRole('region', { name: '要导入的文件' }).dispatchEvent('drop', { dataTransfer })
}

describe.skipIf(browserProgram === undefined)('on a page in Chinese', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench()
  })
  afterAll(() => workbench?.close())
  const open = (where: string) => workbench.open(where, { locale: 'zh-CN' })

  test('an error says in Chinese what happened and what to do, with the names as they are', async () => {
    const page = await open('/runs/nobody')
    await page.getByText('此工作区中没有运行“nobody”。').waitFor()
    await page.getByText('最近的运行：dro-kl、ce。').waitFor()
    await goTo(page, '/explore/user/nobody')
    await page.getByText('这些数据源中没有用户 nobody。').waitFor()

    await goTo(page, '/logs/import')
    await dropLog(page, 'one.csv', 'only\nx\n')
    await page.getByText(/one\.csv 只有一列：only。/).waitFor()
    await page.getByText('日志需要用户、时间和行为三列').waitFor()
    expect(await englishOn(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('the settings of a run say in Chinese whose they are', async () => {
    const page = await open('/runs/ce')
    await page.getByText('全部设置', { exact: true }).click()
    await page.getByText('流宽度', { exact: true }).waitFor()
    expect(await page.getByText(/\((model|version|dataset)\)|^directory$/).count()).toBe(0)
    await page.context().close()
  })

  test('so does a warning, and the reason for which a row is refused, which can be chosen', async () => {
    const page = await open('/logs/import')
    const good = Array.from({ length: 3 }, (_, row) => `u,2024-03-01T0${row}:00:00+02:00,walk,home\n`).join('')
    await dropLog(page, 'rows.csv', `user,time,event,place\n${good}u,never,walk,\nu,2024-03-01\nv,2024-03-02\n`)
    await page.getByRole('cell').getByText('有 2 个字段，而表头有 4 个').first().waitFor()
    await page.getByRole('button', { name: '导入', exact: true }).click()
    await page.getByText(/这些时间带有时区，将按 UTC 划分小时和日期/).waitFor()

    await page.getByRole('button', { name: '查看 3 个被拒绝的行' }).click()
    const refused = page.getByRole('region', { name: '哪些行被拒绝，为什么？' })
    const another = refused.getByRole('cell', { name: '不是 2024-05-31T18:30:00 这样的时间' }).first()
    await another.waitFor()
    await refused.locator('.reasons').getByRole('combobox').selectOption('有 2 个字段，而表头有 4 个（2）')
    await another.waitFor({ state: 'detached' })
    // The address leads back to the reason.
    await page.reload()
    await refused.getByText('v,2024-03-02').first().waitFor()
    await another.waitFor({ state: 'detached' })
    expect(await englishOn(page)).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('so does the doctor of a device that does not work', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml'
    const page = await open('/doctor')
    await page.getByRole('button', { name: '测试所有设备' }).click()
    const card = page.getByRole('region', { name: new RegExp(`^${absent} – `) })
    const reason = `用于 ${process.platform} ${process.arch} 的 ONNX Runtime 没有 ${absent} 执行提供程序。`
    await card.getByText(reason).waitFor({ timeout: 200_000 })
    await card.getByText(/请使用 webgpu 或 cpu。/).waitFor()
    await goTo(page, '/train')
    await page.getByText(`不可用：${reason}`).waitFor()
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('what an older version stored in English is shown as it is', async () => {
    {
      using workspace = openWorkspace(workbench.workspace, { mode: 'write' })
      const id = insertJob(workspace.database, 'evaluate', { run: 'ce' })
      const error = { code: 'input', message: 'An old message with {0} in it.', hint: 'An old hint.' }
      workspace.database
        .change(`UPDATE jobs SET state = 'failed', finished_at = updated_at, warnings = ?, error = ? WHERE id = ?`)
        .run(JSON.stringify(['An old warning.']), JSON.stringify(error), id)
    }
    const page = await open('/logs')
    await isShown(page)
    await page.keyboard.press('Control+j')
    await page.getByText('An old warning.').waitFor()
    await page.getByText('An old message with {0} in it.').waitFor()
    await page.getByText('An old hint.').waitFor()
    await page.context().close()
  })

  // Before a scenario chooses a language for the workspace: here it is the browser's.
  test.each([
    ['en-GB', /^\d{1,2} [A-Z][a-z]{2,3} 20\d\d, \d\d:\d\d$/, '1,000'],
    ['en-DE', /^\d{1,2} [A-Z][a-z]{2,3} 20\d\d, \d\d:\d\d$/, '1.000'],
    // Nobody has chosen a region of the page's language.
    ['fr-FR', /^[A-Z][a-z]{2} \d{1,2}, 20\d\d, \d\d:\d\d$/, '1,000'],
  ])(
    'in English, a reader with %s finds dates, numbers and the axes of charts as they are written there',
    async (locale, date, tick) => {
      const page = await workbench.open('/datasets/sample', { locale })
      await page.getByText(date).first().waitFor()
      await goTo(page, '/explore')
      const picture = String(await exported(page, 'Rank and frequency', 'SVG'))
      expect(picture).toContain(`>${tick}</text>`)
      expect(await page.evaluate('document.documentElement.lang')).toBe('en')
      await page.context().close()
    },
  )

  test('a chart that is shown when another language is chosen is drawn in that one, also what the chart library writes by itself', async () => {
    const page = await workbench.open('/explore', { locale: 'en-GB' })
    // What pictures say is in no element.
    await page.addInitScript(`
      window.drawn = []
      const { fillText } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        window.drawn.push(text)
        return fillText.call(this, text, ...place)
      }`)
    await page.reload()
    const isDrawn = (text: string) => expect.poll(() => page.evaluate<string[]>('window.drawn')).toContain(text)
    await isDrawn('Feb')
    await isDrawn('events per day')
    await page.evaluate('window.drawn = []')
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Go to or do anything' })
    await palette.getByRole('combobox').fill('简体中文')
    await palette.getByRole('option', { name: /Language: 简体中文/ }).click()
    await page.getByRole('img', { name: /的事件随时间的变化。/ }).waitFor()
    await isDrawn('每日事件数')
    await isDrawn('2月')
    // Of nothing a part stays as it was.
    await page.evaluate('window.drawn = []')
    await page.emulateMedia({ colorScheme: 'dark' })
    await isDrawn('2月')
    expect((await page.evaluate<string[]>('window.drawn')).filter((text) => /[a-z]{3}/.test(text))).toEqual([])
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('nothing of any page is in English', async () => {
    const page = await open('/logs')
    await page.locator('main > *').waitFor()
    const found: Record<string, string[]> = {}
    for (const [name, place] of Object.entries(placesOf(workbench)).filter(([, place]) => place !== '/nowhere')) {
      await goTo(page, place)
      await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 30_000 }).toBe(0)
      // Reasons of ONNX Runtime are quoted as it says them.
      const texts = (await englishOn(page)).filter((text) => !/adapter|shared library/.test(text))
      if (texts.length > 0) found[name] = texts
    }
    expect(found).toEqual({})
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
