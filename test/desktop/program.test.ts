import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { readSettings } from '../../src/main/storage/settings.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { commandIn, leaveForeignLock } from '../support/foreign-lock.ts'
import { connect, makeWorkspace, startDesktop } from './start-desktop.ts'

// One and the same, although the program is loaded anew by each test.
const electron = await vi.hoisted(() => import('./fake-electron.ts'))
vi.mock('electron', () => electron)

describe('the program', () => {
  test('quits without a question when nothing runs', async () => {
    const { world, window } = await startDesktop()
    window.close()
    await vi.waitFor(() => expect(world.quits).toBe(1))
    expect(world.messageBoxes).toEqual([])
  })

  test('asks before it closes a page that would lose something, and keeps the workspace while the person stays', async () => {
    const desktop = await startDesktop()
    const { window, page, world } = desktop
    const api = await connect(desktop)
    page.holds = true
    window.close()
    await vi.waitFor(() => expect(world.messageBoxes).toHaveLength(1))
    expect(world.messageBoxes[0]).toMatchObject({ message: 'Leave although something is not saved?', cancelId: 0 })
    await sleep(100)
    expect(window.isDestroyed()).toBe(false)
    expect((await api.workspace.status({})).workspace).toBe(desktop.workspace)
    world.messageBoxAnswer = 1
    const askedWhileOpen = vi.fn()
    electron.app.once('before-quit', () => askedWhileOpen(!window.isDestroyed()))
    window.close()
    await vi.waitFor(() => expect(world.quits).toBe(1))
    expect(world.messageBoxes).toHaveLength(2)
    expect(askedWhileOpen, 'what runs is asked about anew').toHaveBeenCalledWith(true)
  })

  test('stores what the page sends while it closes', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    desktop.world.wayMilliseconds = 300
    // Nobody is left to hear the answer.
    desktop.page.onBeforeUnload = () => void api.settings.set({ theme: 'dark' }).catch(() => {})
    desktop.window.close()
    await vi.waitFor(() => expect(desktop.world.quits).toBe(1))
    const workspace = openWorkspace(desktop.workspace, { mode: 'read' })
    onTestFinished(() => workspace.close())
    expect(readSettings(workspace.database).theme).toBe('dark')
  })

  test('keeps the workspace and the page where the page would lose something and the person stays', async () => {
    const desktop = await startDesktop()
    const other = makeWorkspace(desktop.folder, 'other')
    desktop.page.holds = true
    electron.app.emit('open-file', electron.cancellable(), other)
    await vi.waitFor(() => expect(desktop.world.messageBoxes).toHaveLength(1))
    expect(desktop.page.reloads).toBe(0)
    expect((await (await connect(desktop)).workspace.status({})).workspace).toBe(desktop.workspace)
    // The other one is free again.
    await vi.waitFor(() => openWorkspace(other, { mode: 'write' }).close())
  })

  test('starts again after it has let go of its workspace, where it was started meanwhile', async () => {
    const { window, world, folder } = await startDesktop()
    window.close()
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true))
    electron.app.emit('second-instance', {}, [], '', { words: ['--workspace', 'other'], folder })
    expect(world.relaunches).toEqual([{ args: ['--workspace', path.join(folder, 'other')] }])
    await vi.waitFor(() => expect(world.quits).toBe(1))
    expect(world.windows).toHaveLength(1)
  })

  test('runs once: a second start leaves at once and opens no window', async () => {
    const { world } = await startDesktop((world) => {
      world.isFirstInstance = false
    })
    expect(world.quits).toBe(1)
    expect(world.windows).toEqual([])
  })

  test('is told by a second start which workspace to open', async () => {
    const { window, page, folder, ...desktop } = await startDesktop()
    window.minimized = true
    const other = path.join(folder, 'other')
    electron.app.emit('second-instance', {}, [], '', { words: ['--workspace', 'other'], folder })
    await vi.waitFor(() => expect(window.minimized).toBe(false))
    expect(page.reloads).toBe(1)
    const api = await connect({ window, page, folder, ...desktop })
    expect((await api.workspace.status({})).workspace).toBe(other)
  })

  test('starts also where it cannot remember the workspace', async () => {
    const { window } = await startDesktop((_world, folder) => mkdirSync(path.join(folder, 'user/workspace.json')))
    expect(window).toBeDefined()
  })

  test('quits also when the workspace cannot be given back', async () => {
    vi.doMock('../../src/main/page-host.ts', async (original) => {
      const actual = await original<typeof import('../../src/main/page-host.ts')>()
      const openPageHost: typeof actual.openPageHost = (...given) => {
        const opened = actual.openPageHost(...given)
        return {
          ...opened,
          close: async () => {
            await opened.close()
            throw new Error('The disk failed.')
          },
        }
      }
      return { ...actual, openPageHost }
    })
    onTestFinished(() => void vi.doUnmock('../../src/main/page-host.ts'))
    const { window, world } = await startDesktop()
    window.close()
    await vi.waitFor(() => expect(world.quits).toBe(1))
  })

  test('takes a file manager’s address of a workspace', async () => {
    const desktop = await startDesktop()
    const other = makeWorkspace(desktop.folder, 'other & its logs')
    electron.app.emit('second-instance', {}, [], '', { words: [pathToFileURL(other).href], folder: desktop.folder })
    await vi.waitFor(() => expect(desktop.page.reloads).toBe(1))
    expect((await (await connect(desktop)).workspace.status({})).workspace).toBe(other)
  })

  test('leaves alone what was opened with it and is no workspace', async () => {
    const desktop = await startDesktop()
    electron.app.emit('open-file', electron.cancellable(), desktop.folder)
    await sleep(200)
    expect(desktop.page.reloads).toBe(0)
    expect(existsSync(path.join(desktop.folder, 'workbench.db'))).toBe(false)
  })

  test('opens a workspace folder that was opened with it', async () => {
    const desktop = await startDesktop()
    const other = makeWorkspace(desktop.folder, 'other')
    const opening = electron.cancellable()
    electron.app.emit('open-file', opening, other)
    expect(opening.defaultPrevented).toBe(true)
    await vi.waitFor(() => expect(desktop.page.reloads).toBe(1))
    expect((await (await connect(desktop)).workspace.status({})).workspace).toBe(other)
    expect(desktop.window.shown).toBe(true)
  })

  test('says why a workspace cannot be opened, and keeps the one it has', async () => {
    const desktop = await startDesktop()
    const { openPageHost } = await import('../../src/main/page-host.ts')
    const other = path.join(desktop.folder, 'other')
    const holder = openPageHost(other, { kind: 'web' })
    onTestFinished(() => holder.close())
    electron.app.emit('open-file', electron.cancellable(), other)
    await vi.waitFor(() => expect(desktop.world.errorBoxes).toHaveLength(1))
    expect(desktop.world.errorBoxes[0]).toMatch(/cannot be opened: Process \d+ is serving the web workbench/)
    expect((await (await connect(desktop)).workspace.status({})).workspace).toBe(desktop.workspace)
  })

  test.runIf(process.platform === 'linux')(
    'says at its start how a workspace is freed that a killed container left locked, and ends',
    async () => {
      const { workspace, window, world } = await startDesktop((_world, itsFolder) =>
        leaveForeignLock(path.join(itsFolder, 'workspace'), 'host'),
      )
      expect(window).toBeUndefined()
      expect(world.exitCode).toBe(1)
      expect(world.errorBoxes).toEqual([expect.stringContaining('Process 7 on gpu-container')])
      expect(commandIn(world.errorBoxes[0])).toEqual([
        'workspace',
        'unlock',
        '--workspace',
        workspace,
        '--gone',
        'gpu-container',
      ])
    },
  )

  test('has a menu; reloading is for development', async () => {
    const { folder, world, page } = await startDesktop()
    const items = () => electron.Menu.template.flatMap(({ submenu }) => submenu ?? [])
    const open = items().find(({ label }) => label === 'Open Workspace…')!
    expect(open.accelerator).toBe('CommandOrControl+O')
    expect(items().some(({ role }) => role === 'reload' || role === 'toggleDevTools')).toBe(false)
    world.chosenFiles = [path.join(folder, 'chosen')]
    open.click!()
    await vi.waitFor(() => expect(page.reloads).toBe(1))
  })
})
