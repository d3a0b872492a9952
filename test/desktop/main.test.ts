import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ContractRouterClient } from '@orpc/contract'
import { describe, expect, test, vi } from 'vitest'
import type { Contract } from '../../src/shared/contract/index.ts'
import { channels } from '../../src/shared/desktop.ts'
import { mountSmallDisk } from '../support/folders.ts'
import { connect, startDesktop } from './start-desktop.ts'

// One and the same, although the program is loaded anew by each test.
const electron = await vi.hoisted(() => import('./fake-electron.ts'))
vi.mock('electron', () => electron)

async function ended(api: ContractRouterClient<Contract>, id: number): Promise<string> {
  return await vi.waitFor(
    async () => {
      const { state } = await api.jobs.show({ id })
      if (state === 'queued' || state === 'running') throw new Error('still at work')
      return state
    },
    { timeout: 20_000, interval: 50 },
  )
}

describe('the window', () => {
  test('is as Electron’s security checklist has it', async () => {
    const { window, world } = await startDesktop()
    expect(world.sandboxed).toBe(true)
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: false,
      preload: expect.stringMatching(/out\/preload\/index\.cjs$/),
    })
    expect(window.webContents.mainFrame.url).toBe('app://workbench/')
  })

  test('is shown once there is something to see', async () => {
    const { window } = await startDesktop()
    expect(window.options.show).toBe(false)
    window.emit('ready-to-show')
    expect(window.shown).toBe(true)
  })

  test('opens where it was closed', async () => {
    const first = await startDesktop((_world, folder) => {
      writeFileSync(
        path.join(folder, 'user/window-state.json'),
        JSON.stringify({ bounds: { x: 100, y: 50, width: 1200, height: 700 }, maximized: true }),
      )
    })
    expect(first.window.options).toMatchObject({ x: 100, y: 50, width: 1200, height: 700 })
    first.window.emit('ready-to-show')
    expect(first.window.maximized).toBe(true)
  })

  test.each([
    [
      'on a screen that is gone',
      { x: 5000, y: 50, width: 1200, height: 700 },
      { x: 720, y: 50, width: 1200, height: 700 },
    ],
    [
      'half above the screen',
      { x: -300, y: -200, width: 1200, height: 700 },
      { x: 0, y: 30, width: 1200, height: 700 },
    ],
    ['larger than the screen', { x: 10, y: 40, width: 3000, height: 2000 }, { x: 0, y: 30, width: 1920, height: 1050 }],
    ['nowhere', { x: null, y: 1, width: 2, height: 3 }, { width: 1440, height: 900 }],
  ])('that was %s comes back within reach', async (_where, bounds, expected) => {
    const { window } = await startDesktop((_world, folder) => {
      writeFileSync(path.join(folder, 'user/window-state.json'), JSON.stringify({ bounds, maximized: false }))
    })
    const { x, y, width, height } = window.options
    expect({ x, y, width, height }).toEqual({ x: undefined, y: undefined, ...expected })
  })

  test('writes down where it is when it closes, and closes also where that cannot be written', async () => {
    const { folder, window, world } = await startDesktop()
    window.maximized = true
    window.close()
    await vi.waitFor(() => expect(world.quits).toBe(1))
    expect(JSON.parse(readFileSync(path.join(folder, 'user/window-state.json'), 'utf8'))).toEqual({
      bounds: { x: 10, y: 20, width: 1300, height: 800 },
      maximized: true,
    })
    const unwritable = await startDesktop((_world, unwritableFolder) => {
      mkdirSync(path.join(unwritableFolder, 'user/window-state.json'))
    })
    unwritable.window.close()
    await vi.waitFor(() => expect(unwritable.world.quits).toBe(1))
  })

  test('loads its page again when that crashed', async () => {
    const { page } = await startDesktop()
    page.emit('render-process-gone', {}, { reason: 'oom' })
    await vi.waitFor(() => expect(page.reloads).toBe(1))
  })
})

describe('the page’s address', () => {
  const get = (where: string, method = 'GET') =>
    electron.protocol.handlers.get('app')!(new Request(`app://${where}`, { method }))

  test('is a standard and secure origin that is served by us, with a policy', async () => {
    await startDesktop()
    expect(electron.protocol.privileged).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    const { servePage } = await import('../../src/main/desktop/protocol.ts')
    const folder = path.join(electron.world.userData, 'page')
    mkdirSync(path.join(folder, 'assets'), { recursive: true })
    writeFileSync(path.join(folder, 'index.html'), 'the page')
    writeFileSync(path.join(folder, 'assets/a.js'), 'export {}')
    writeFileSync(path.join(folder, '../secret.json'), '"secret"')
    servePage(folder)
    for (const where of ['workbench/', 'workbench/runs/7', 'workbench/explore/users/a.b']) {
      const answer = await get(where)
      expect(await answer.text(), where).toBe('the page')
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self';/)
    }
    expect((await get('workbench/assets/a.js')).headers.get('content-type')).toContain('javascript')
    for (const where of [
      'workbench/../secret.json',
      'workbench/..%2fsecret.json',
      'workbench/%2e%2e%2fsecret.json',
      'workbench/..%5csecret.json',
      'workbench/assets/none.js',
      'elsewhere/',
      'workbench/%',
    ])
      expect(await (await get(where)).text(), where).not.toContain('secret')
    expect((await get('elsewhere/')).status).toBe(404)
    expect((await get('workbench/assets/..%2f..%2fsecret.json')).status).toBe(404)
    expect((await get('workbench/', 'POST')).status).toBe(405)
  })
})

describe('whatever a page tries', () => {
  const event = (url: string) => electron.cancellable({ url })

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s leads nowhere else', async (kind) => {
    const { page } = await startDesktop()
    for (const url of [
      'https://example.org/',
      'file:///etc/passwd',
      'app://elsewhere/',
      'http://workbench/',
      'javascript:1',
      '',
    ]) {
      const going = event(url)
      page.emit(kind, going)
      expect(going.defaultPrevented, url).toBe(true)
    }
    const staying = event('app://workbench/runs')
    page.emit(kind, staying)
    expect(staying.defaultPrevented).toBe(false)
  })

  test('windows and web views do not open', async () => {
    const { page } = await startDesktop()
    expect(page.openHandler!({ url: 'app://workbench/' })).toEqual({ action: 'deny' })
    const attaching = event('app://workbench/')
    page.emit('will-attach-webview', attaching)
    expect(attaching.defaultPrevented).toBe(true)
  })

  test('permissions are denied, but for copying a text', async () => {
    await startDesktop()
    const { permissionRequest, permissionCheck, devicePermission, spellChecker } = electron.session.defaultSession
    const request = (permission: string, requestingUrl: string) => {
      const answer = vi.fn()
      permissionRequest!(...([null, permission, answer, { requestingUrl }] as never[]))
      return answer.mock.calls[0][0]
    }
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'fileSystem',
      'hid',
    ]) {
      expect(request(permission, 'app://workbench/'), permission).toBe(false)
      expect(permissionCheck!(...([null, permission, 'app://workbench'] as never[])), permission).toBe(false)
    }
    expect(request('clipboard-sanitized-write', 'app://workbench/runs')).toBe(true)
    expect(request('clipboard-sanitized-write', 'https://example.org/')).toBe(false)
    expect(devicePermission!()).toBe(false)
    expect(spellChecker).toBe(false)
  })

  test('nothing is asked for elsewhere', async () => {
    await startDesktop()
    const isCancelled = (url: string) => {
      const answer = vi.fn()
      electron.session.defaultSession.beforeRequest!(...([{ url }, answer] as never[]))
      return answer.mock.calls[0][0].cancel
    }
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://example.org/',
      'file:///etc/passwd',
      'app://other/',
    ])
      expect(isCancelled(url), url).toBe(true)
    for (const url of ['app://workbench/assets/a.js', 'blob:app://workbench/1', 'data:image/png;base64,'])
      expect(isCancelled(url), url).toBe(false)
  })

  test('only what the page made is downloaded', async () => {
    await startDesktop()
    const isDenied = (url: string) => {
      const downloading = electron.cancellable()
      electron.session.defaultSession.emit('will-download', downloading, { getURL: () => url })
      return downloading.defaultPrevented
    }
    expect(isDenied('blob:app://workbench/1234')).toBe(false)
    expect(isDenied('https://example.org/a.exe')).toBe(true)
    expect(isDenied('blob:https://example.org/1')).toBe(true)
  })
})

describe('the message port', () => {
  test('reaches every procedure', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    expect(await api.workspace.status({})).toMatchObject({ host: 'desktop', workspace: desktop.workspace, runs: 0 })
    await expect(api.jobs.show({ id: 99 })).rejects.toMatchObject({ data: { code: 'not-found' } })
  })

  test('is given to our own page in its outermost frame alone', async () => {
    const { page } = await startDesktop()
    const senders = [
      null,
      new electron.FakeFrame('app://workbench/'),
      new electron.FakeFrame('https://example.org/'),
      undefined,
    ]
    for (const senderFrame of senders) electron.ipcMain.emit(channels.connect, { senderFrame })
    page.mainFrame.url = 'https://example.org/'
    electron.ipcMain.emit(channels.connect, { senderFrame: page.mainFrame })
    expect(page.posted).toEqual([])
  })

  test('of a page that was loaded again replaces the old one', async () => {
    const desktop = await startDesktop()
    await connect(desktop)
    const closed = vi.fn()
    desktop.page.posted[0].ports[0].port.on('close', closed)
    const api = await connect(desktop)
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
    expect(await api.runs.list({})).toEqual([])
  })
})

describe('files', () => {
  const drop = (senderFrame: unknown, paths: unknown) =>
    electron.ipcMain.handlers.get(channels.dropped)!(...([{ senderFrame }, paths] as never[]))

  test('that a person dropped may be read, and no others', async () => {
    const desktop = await startDesktop()
    const file = path.join(desktop.folder, 'log.csv')
    const other = path.join(desktop.folder, 'other.csv')
    for (const each of [file, other]) writeFileSync(each, 'user,time,event\n1,2025-01-01T00:00:00Z,a\n')
    const api = await connect(desktop)
    await expect(api.logs.preview({ files: [file] })).rejects.toMatchObject({ data: { code: 'usage' } })
    expect(drop(desktop.page.mainFrame, [file])).toEqual([{ path: file, name: 'log.csv', bytes: 41 }])
    await expect(api.logs.preview({ files: [file] })).resolves.toBeDefined()
    await expect(api.logs.preview({ files: [other] })).rejects.toMatchObject({ data: { code: 'usage' } })
    expect(() => drop(new electron.FakeFrame('app://workbench/'), [other])).toThrow('not for this page')
    expect(() => drop(desktop.page.mainFrame, [{ toString: () => other }])).toThrow('no paths')
    expect(() => drop(desktop.page.mainFrame, [desktop.folder])).toThrow('is not a file')
  })

  test('are chosen in a native dialog', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    expect(await api.files.choose({ purpose: 'log' })).toEqual([])
    const file = path.join(desktop.folder, 'log.csv')
    writeFileSync(file, 'a')
    desktop.world.chosenFiles = [file]
    expect(await api.files.choose({ purpose: 'log' })).toEqual([{ path: file, name: 'log.csv', bytes: 1 }])
  })

  test('that were exported are saved where a person says', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    mkdirSync(path.join(desktop.workspace, 'exports'), { recursive: true })
    writeFileSync(path.join(desktop.workspace, 'exports/scores.csv'), 'a,b')
    expect(await api.files.save({ name: 'scores.csv' })).toBeNull()
    desktop.world.savePath = path.join(desktop.folder, 'mine.csv')
    expect(await api.files.save({ name: 'scores.csv' })).toEqual({ path: desktop.world.savePath })
    expect(readFileSync(desktop.world.savePath, 'utf8')).toBe('a,b')
    await expect(api.files.save({ name: 'gone.csv' })).rejects.toMatchObject({ data: { code: 'not-found' } })
    expect(readFileSync(desktop.world.savePath, 'utf8'), 'what was there stays').toBe('a,b')
    const full = path.join(desktop.folder, 'full')
    mkdirSync(full)
    if (!mountSmallDisk(full, 64)) return
    writeFileSync(path.join(full, 'mine.csv'), 'before')
    writeFileSync(path.join(desktop.workspace, 'exports/large.csv'), Buffer.alloc(1_000_000))
    desktop.world.savePath = path.join(full, 'mine.csv')
    await expect(api.files.save({ name: 'large.csv' })).rejects.toMatchObject({ data: { code: 'storage' } })
    expect(readdirSync(full).map((file) => readFileSync(path.join(full, file), 'utf8'))).toEqual(['before'])
  })
})

describe('jobs', () => {
  test('run in utility processes; a person who looks elsewhere is told when they end', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    const { id } = await api.logs.simulate({ events: 300, users: 5 })
    expect(await ended(api, id)).toBe('done')
    await vi.waitFor(() => expect(desktop.world.notifications).toHaveLength(1))
    const [notification] = desktop.world.notifications
    expect(notification.options.title).toBe('Simulation of the log simulated: Done')
    desktop.window.minimized = true
    notification.emit('click')
    expect(desktop.window).toMatchObject({ minimized: false, focused: true })

    // On macOS the program stays without its window.
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin')
    desktop.window.close()
    await vi.waitFor(() => expect(desktop.window.isDestroyed()).toBe(true))
    platform.mockRestore()
    const before = desktop.world.windows.length
    notification.emit('click')
    expect(desktop.world.windows).toHaveLength(before + 1)
  })

  test('tell nothing to a person who looks at the window', async () => {
    const desktop = await startDesktop()
    desktop.window.focused = true
    const api = await connect(desktop)
    const { id } = await api.logs.simulate({ events: 300, users: 5 })
    await ended(api, id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(desktop.world.notifications).toEqual([])
  })

  test('that run are asked about before the program quits; then they stop and the workspace is free', async () => {
    const desktop = await startDesktop()
    const api = await connect(desktop)
    const { id } = await api.logs.simulate({ events: 5_000_000, users: 5_000 })
    await vi.waitFor(async () => expect((await api.jobs.show({ id })).state).toBe('running'), { timeout: 10_000 })
    desktop.window.close()
    await vi.waitFor(() => expect(desktop.world.messageBoxes).toHaveLength(1))
    expect(desktop.world.messageBoxes[0]).toMatchObject({ message: 'A job is still running.', cancelId: 0 })
    expect(desktop.window.isDestroyed()).toBe(false)
    expect((await api.jobs.show({ id })).state).toBe('running')
    desktop.world.messageBoxAnswer = 1
    desktop.window.close()
    await vi.waitFor(() => expect(desktop.world.quits).toBe(1), { timeout: 20_000 })
    expect(desktop.window.isDestroyed()).toBe(true)
    const { openPageHost } = await import('../../src/main/page-host.ts')
    const next = openPageHost(desktop.workspace, { kind: 'web' })
    expect(next.jobs.find(id).state).toBe('interrupted')
    await next.close()
  })
})
