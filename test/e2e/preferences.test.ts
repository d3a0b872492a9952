import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/main/storage/settings.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import type { Settings } from '../../src/shared/settings.ts'
import { browserProgram } from './browser.ts'
import { isShown } from './steps.ts'
import { type RunningWorkbench, startWorkbench } from './workbench.ts'

/** The two choices, in both languages. The component library hides the buttons themselves; what is pressed are their words. */
const scopes = {
  everyone: /^(everyone who opens this workspace|打开此工作区的所有人)$/,
  browser: /^(only this browser|仅此浏览器)$/,
}
const choose = (page: Page, scope: keyof typeof scopes) => page.getByText(scopes[scope]).click()
const isChosen = (page: Page, scope: keyof typeof scopes) =>
  page.getByRole('radio', { name: scopes[scope] }).and(page.locator(':checked')).waitFor({ state: 'attached' })
const themeOf = (page: Page) => page.evaluate<string>('document.documentElement.dataset.theme')
const languageOf = (page: Page) => page.evaluate<string>('document.documentElement.lang')
const looks = async (page: Page) => `${await themeOf(page)} ${await languageOf(page)}`

/** Gives the command palette another key. */
async function recordPaletteKey(page: Page, key: string): Promise<void> {
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: /^(Command palette|命令面板)$/ }) })
  await row.getByRole('button', { name: /^(Record|录制)/ }).click()
  await page.keyboard.press(key)
  await row.getByRole('status').waitFor()
}

describe.skipIf(browserProgram === undefined)('theme, language and shortcuts', () => {
  let workbench: RunningWorkbench
  beforeAll(async () => {
    workbench = await startWorkbench({ sample: false })
  })
  afterAll(() => workbench?.close())

  function ofWorkspace(): Settings {
    using workspace = openWorkspace(workbench.workspace, { mode: 'read' })
    return readSettings(workspace.database)
  }

  test('of one person at a shared host are kept in their browser, while others see those of the workspace, until they are forgotten', async () => {
    const mine = await workbench.open('/settings')
    const others = await workbench.open('/settings')
    await isChosen(mine, 'everyone')
    const before = ofWorkspace()
    await choose(mine, 'browser')
    await mine.getByText('This browser keeps them, for every workbench that it opens at 127.0.0.1.').waitFor()
    await mine.getByText('Theme, language and keyboard shortcuts are this browser’s own.').waitFor()
    await mine.getByText('dark', { exact: true }).click()
    await recordPaletteKey(mine, 'Control+p')
    await mine.getByText('简体中文', { exact: true }).click()
    await mine.getByRole('heading', { name: '设置', level: 1 }).waitFor()
    await expect.poll(() => looks(mine)).toBe('dark zh-CN')

    // Threads are everybody's still.
    await mine.getByText('自定义', { exact: true }).click()
    await mine.getByRole('textbox', { name: '线程数' }).fill('1')
    await mine.getByRole('textbox', { name: '线程数' }).blur()
    await expect.poll(ofWorkspace).toEqual({ ...before, threads: 1 })
    await others.reload()
    await others.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
    expect(await others.getByRole('textbox', { name: 'Threads' }).inputValue()).toBe('1')
    expect(await looks(others)).toBe('light en')

    await mine.reload()
    await mine.getByRole('heading', { name: '设置', level: 1 }).waitFor()
    expect(await looks(mine)).toBe('dark zh-CN')
    await isChosen(mine, 'browser')
    await mine.keyboard.press('Control+p')
    await mine.getByRole('dialog', { name: '前往任意位置或执行任意操作' }).waitFor()
    await mine.keyboard.press('Escape')

    // Going back says what is forgotten, and asks.
    await choose(mine, 'everyone')
    const question = mine.getByRole('dialog', { name: '清除此浏览器自己的设置？' })
    await question.getByText('主题：深色；语言：简体中文；命令面板（Ctrl+P）').waitFor()
    await question.getByRole('button', { name: '取消' }).click()
    await question.waitFor({ state: 'detached' })
    await isChosen(mine, 'browser')
    await choose(mine, 'everyone')
    await question.getByRole('button', { name: '清除' }).click()
    await mine.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
    await expect.poll(() => looks(mine)).toBe('light en')
    await mine.reload()
    await isShown(mine)
    await isChosen(mine, 'everyone')
    await mine.getByText('for everyone who opens it in the desktop or a browser').waitFor()
    expect(await mine.context().cookies()).toEqual([
      expect.objectContaining({ name: expect.stringMatching(/^behavegpt-\d+$/) }),
    ])
    expect(ofWorkspace()).toEqual({ ...before, threads: 1 })
    expect(workbench.complaints).toEqual([])
    await mine.context().close()
    await others.context().close()
  })

  test('of a browser hold in all its pages, at another port too, and are right before the workbench has said anything', async () => {
    const first = await workbench.open('/settings')
    await choose(first, 'browser')
    const second = await first.context().newPage()
    await second.goto(first.url())
    await isShown(second)
    // The palette knows whose they are.
    await first.keyboard.press('Control+k')
    await first.keyboard.type('dark')
    await first.getByRole('option', { name: /dark/i }).click()
    await expect.poll(() => themeOf(second)).toBe('dark')
    await second.getByText('简体中文', { exact: true }).click()
    await first.getByRole('heading', { name: '设置', level: 1 }).waitFor()
    // A page draws another theme in a turn of its own, which comes later where the machine is busy.
    await expect.poll(() => looks(first)).toBe('dark zh-CN')
    expect(ofWorkspace()).toMatchObject({ theme: null, language: null })

    // A host that is started without a port has another one every time.
    const another = await startWorkbench({ sample: false })
    const elsewhere = await first.context().newPage()
    await elsewhere.routeWebSocket(/\/rpc$/, () => {})
    await elsewhere.goto(another.address)
    await elsewhere.getByRole('heading', { level: 1 }).waitFor()
    expect(await looks(elsewhere)).toBe('dark zh-CN')
    await another.close()

    // Nothing differs from everyone's that would be lost by going back but theme and language, in every page.
    await choose(second, 'everyone')
    await second.getByRole('dialog').getByRole('button', { name: '清除' }).click()
    await expect.poll(() => looks(first)).toBe('light en')
    await choose(first, 'browser')
    await choose(first, 'everyone')
    expect(await first.getByRole('dialog', { name: 'Forget what this browser has' }).count()).toBe(0)
    expect(workbench.complaints).toEqual([])
    await first.context().close()
  })

  test('that a browser kept and nobody can read are told in the settings, and those of the workspace hold', async () => {
    const page = await workbench.open('/settings')
    await isShown(page)
    const value = encodeURIComponent('{"theme":"sepia","language":"en"}')
    await page.context().addCookies([{ name: 'behavegpt-preferences', value, url: workbench.origin }])
    await page.reload()
    const notice = page.getByRole('alert').filter({ hasText: 'What this browser kept cannot be used' })
    await notice.getByText('another program: theme: Invalid option: expected one of').waitFor()
    await isChosen(page, 'everyone')
    expect(await looks(page)).toBe('light en')
    await notice.getByRole('button', { name: 'Forget them' }).click()
    await notice.waitFor({ state: 'detached' })
    await page.reload()
    await isShown(page)
    expect(await notice.count()).toBe(0)
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })

  test('stay those of everyone where a browser refuses to keep its own, which is said', async () => {
    const page = await workbench.open('/settings')
    await isShown(page)
    // As a browser does that blocks the cookies of pages.
    await page.evaluate(`Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} })`)
    await choose(page, 'browser')
    await page.getByRole('alert').getByText('This browser does not keep the choice.').waitFor()
    await isChosen(page, 'everyone')
    expect(workbench.complaints).toEqual([])
    await page.context().close()
  })
})
