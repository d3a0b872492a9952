import { beforeEach, expect, test, vi } from 'vitest'
import { channels, type DesktopBridge, pageMessages } from '../../src/shared/desktop.ts'

const electron = await vi.hoisted(() => import('./fake-electron.ts'))
vi.mock('electron', () => electron)

type Listener = (event: object) => void
let listeners: Map<string, Listener[]>
let posted: unknown[][]
let pageWindow: object

beforeEach(async () => {
  electron.startAgain('')
  listeners = new Map()
  posted = []
  pageWindow = {
    origin: 'app://workbench',
    addEventListener: (kind: string, listener: Listener) =>
      listeners.set(kind, [...(listeners.get(kind) ?? []), listener]),
    postMessage: (...message: unknown[]) => posted.push(message),
  }
  vi.stubGlobal('window', pageWindow)
  vi.resetModules()
  await import('../../src/preload/index.ts')
  return () => vi.unstubAllGlobals()
})

const happens = (kind: string, event: object) => {
  for (const listener of listeners.get(kind) ?? []) listener(event)
}
const bridge = () => electron.contextBridge.exposed.get('behavegptDesktop') as DesktopBridge
const file = (path: string) => ({ path })

test('gives the page nothing but the files of a drop', () => {
  expect([...electron.contextBridge.exposed.keys()]).toEqual(['behavegptDesktop'])
  expect(Object.keys(bridge())).toEqual(['droppedFiles'])
})

test('asks for a port when the page is ready, and hands it over to the page alone', () => {
  happens('message', { source: pageWindow, data: pageMessages.ready })
  expect(electron.ipcRenderer.sent).toEqual([[channels.connect]])
  const port = {}
  electron.ipcRenderer.emit(channels.port, { ports: [port] })
  expect(posted).toEqual([[pageMessages.port, 'app://workbench', [port]]])
})

test('hears no other window and no other message', () => {
  happens('message', { source: {}, data: pageMessages.ready })
  happens('message', { source: pageWindow, data: { type: pageMessages.ready } })
  expect(electron.ipcRenderer.sent).toEqual([])
})

test('tells the host which files a person dropped', async () => {
  electron.ipcRenderer.answer = [{ path: '/logs/a.csv', name: 'a.csv', bytes: 3 }]
  happens('drop', { isTrusted: true, dataTransfer: { files: [file('/logs/a.csv'), file('')] } })
  expect(electron.ipcRenderer.invoked).toEqual([[channels.dropped, ['/logs/a.csv']]])
  expect(await bridge().droppedFiles()).toEqual(electron.ipcRenderer.answer)
})

test('tells nothing of a drop that a script made up', async () => {
  happens('drop', { isTrusted: false, dataTransfer: { files: [file('/etc/passwd')] } })
  expect(electron.ipcRenderer.invoked).toEqual([])
  expect(await bridge().droppedFiles()).toEqual([])
})

test('passes a refusal on to the page that asks for the files', async () => {
  electron.ipcRenderer.answer = new Error('is not a file')
  happens('drop', { isTrusted: true, dataTransfer: { files: [file('/logs')] } })
  await expect(bridge().droppedFiles()).rejects.toThrow('is not a file')
})
