/**
 * The part of Electron that the desktop uses, as its documentation has it: events, options and answers are kept where a test can look at them. Message ports are
 * Node's own, and utility processes are processes with `process.parentPort`.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import path from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { startPreloadAgain } from './fake-preload.ts'
import { FakeSession, type Listener } from './fake-session.ts'

export { contextBridge, ipcRenderer, webUtils } from './fake-preload.ts'

/** What a test decides and sees, besides the modules themselves. */
export const world = {
  userData: '',
  locale: 'en-GB',
  isPackaged: true,
  isFirstInstance: true,
  /** Buttons that the person presses, and files that they choose. */
  messageBoxAnswer: 0,
  chosenFiles: [] as string[],
  savePath: '' as string,
  messageBoxes: [] as Record<string, unknown>[],
  errorBoxes: [] as string[],
  notifications: [] as FakeNotification[],
  windows: [] as BrowserWindow[],
  exitCode: undefined as number | undefined,
  /** How long it takes until what the page sends arrives. */
  wayMilliseconds: 1,
  quits: 0,
  relaunches: [] as { args: string[] }[],
  sandboxed: false,
}

class FakeApp extends EventEmitter {
  #ready = Promise.withResolvers<void>()
  #isReady = false
  get isPackaged() {
    return world.isPackaged
  }
  enableSandbox() {
    world.sandboxed = !this.#isReady
  }
  requestSingleInstanceLock() {
    return world.isFirstInstance
  }
  whenReady = () => this.#ready.promise
  isReady = () => this.#isReady
  getLocale = () => world.locale
  getPath = (name: string) => path.join(world.userData, name === 'userData' ? '' : name)
  exit(code: number) {
    world.exitCode = code
  }
  isQuitting = false
  /** Asks `before-quit`, then closes the windows, without `window-all-closed`, then asks `will-quit` and ends. */
  quit() {
    if (world.quits > 0 || this.isQuitting) return
    const event = cancellable()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.isQuitting = true
    for (const window of world.windows) window.close()
    this.onWindowGone()
  }
  /** A window stays open, although it was to close. */
  onWindowStays() {
    this.isQuitting = false
  }
  onWindowGone() {
    if (!world.windows.every((window) => window.isDestroyed())) return
    if (!this.isQuitting) return void this.emit('window-all-closed')
    this.isQuitting = false
    const event = cancellable()
    this.emit('will-quit', event)
    if (!event.defaultPrevented) world.quits++
  }
  relaunch(options: { args: string[] }) {
    world.relaunches.push(options)
  }
  becomeReady() {
    this.#isReady = true
    this.#ready.resolve()
  }
  startAgain() {
    this.removeAllListeners()
    this.#ready = Promise.withResolvers<void>()
    this.#isReady = false
  }
}

export const cancellable = <More extends object>(more = {} as More) => ({
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true
  },
  ...more,
})

export const app = new FakeApp()

class FakeIpcMain extends EventEmitter {
  handlers = new Map<string, Listener>()
  handle(channel: string, handler: Listener) {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler)
  }
  removeHandler(channel: string) {
    this.handlers.delete(channel)
  }
}
export const ipcMain = new FakeIpcMain()

export class FakeFrame {
  url: string
  constructor(url: string) {
    this.url = url
  }
}

export class FakeWebContents extends EventEmitter {
  mainFrame = new FakeFrame('')
  posted: { channel: string; message: unknown; ports: MessagePortMain[] }[] = []
  reloads = 0
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler
  }
  postMessage(channel: string, message: unknown, ports: MessagePortMain[] = []) {
    this.posted.push({ channel, message, ports })
  }
  /** What the page does before it is unloaded, and whether it prevents that. */
  onBeforeUnload = () => {}
  holds = false
  /** Whether the page goes: asks `will-prevent-unload` where it does not want to. */
  mayUnload(): boolean {
    if (!this.holds) return true
    const event = cancellable()
    this.emit('will-prevent-unload', event)
    return event.defaultPrevented
  }
  reload() {
    if (!this.mayUnload()) return
    this.reloads++
    this.emit('did-start-navigation')
  }
  isDestroyed = () => false
}

export class BrowserWindow extends EventEmitter {
  options: Record<string, unknown>
  webContents = new FakeWebContents()
  shown = false
  focused = false
  minimized = false
  maximized = false
  #destroyed = false
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    world.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string) {
    this.webContents.mainFrame.url = url
  }
  show() {
    this.shown = true
  }
  focus() {
    this.focused = true
  }
  maximize() {
    this.maximized = true
  }
  restore() {
    this.minimized = false
  }
  isFocused = () => this.focused
  isMinimized = () => this.minimized
  isMaximized = () => this.maximized
  isDestroyed = () => this.#destroyed
  getNormalBounds = () => ({ x: 10, y: 20, width: 1300, height: 800 })
  /** The page is asked, and goes, in its own time. */
  close() {
    if (this.#destroyed) return
    const event = cancellable()
    this.emit('close', event)
    if (event.defaultPrevented) return app.onWindowStays()
    this.webContents.onBeforeUnload()
    setTimeout(() => {
      if (this.#destroyed) return
      if (this.webContents.mayUnload()) this.#destroy()
      else app.onWindowStays()
    }, 1)
  }
  #destroy() {
    this.#destroyed = true
    for (const { ports } of this.webContents.posted) for (const { port } of ports) port.close()
    this.emit('closed')
    app.onWindowGone()
  }
}

export const protocol = {
  privileged: [] as { scheme: string; privileges: object }[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: object }[]) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    protocol.privileged = schemes
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>) {
    if (!app.isReady()) throw new Error('protocol cannot be used before app is ready')
    protocol.handlers.set(scheme, handler)
  },
}

export const session = { defaultSession: new FakeSession() }

/** One end of a channel in the main process: messages wait until it is started. */
export class MessagePortMain extends EventEmitter {
  readonly port: MessagePort
  constructor(port: MessagePort) {
    super()
    this.port = port
  }
  start() {
    const arrive = (kind: string, ...what: unknown[]) =>
      setTimeout(() => this.emit(kind, ...what), world.wayMilliseconds)
    this.port.on('message', (data) => arrive('message', { data, ports: [] }))
    this.port.on('close', () => arrive('close'))
  }
  postMessage(message: unknown) {
    this.port.postMessage(message)
  }
  close() {
    this.port.close()
  }
}

export class MessageChannelMain {
  port1: MessagePortMain
  port2: MessagePortMain
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}

export const dialog = {
  showOpenDialog: async () => ({ canceled: world.chosenFiles.length === 0, filePaths: world.chosenFiles }),
  showSaveDialog: async () => ({ canceled: world.savePath === '', filePath: world.savePath }),
  showMessageBoxSync: (...given: unknown[]) => {
    world.messageBoxes.push(given.at(-1) as Record<string, unknown>)
    return world.messageBoxAnswer
  },
  showErrorBox: (title: string, text: string) => void world.errorBoxes.push(`${title}: ${text}`),
}

interface MenuItem {
  label?: string
  role?: string
  accelerator?: string
  submenu?: MenuItem[]
  click?: () => void
}
export const Menu = {
  template: [] as MenuItem[],
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu(template: MenuItem[]) {
    Menu.template = template
  },
}

class FakeNotification extends EventEmitter {
  static isSupported = () => true
  options: { title: string; body: string }
  constructor(options: { title: string; body: string }) {
    super()
    this.options = options
  }
  show() {
    world.notifications.push(this)
  }
}

export { FakeNotification as Notification }

export const nativeTheme = { shouldUseDarkColors: false }
/** One screen, with a bar at its top. */
export const screen = { getDisplayMatching: () => ({ workArea: { x: 0, y: 30, width: 1920, height: 1050 } }) }
export const shell = { opened: [] as string[], openPath: async (file: string) => void shell.opened.push(file) }

const parentPort = `data:text/javascript,${encodeURIComponent(`
  import { EventEmitter } from 'node:events'
  const port = new EventEmitter()
  port.postMessage = (message) => process.send(message)
  process.on('message', (data) => port.emit('message', { data, ports: [] }))
  process.parentPort = port`)}`

export const utilityProcess = {
  fork(module: string, parameters: string[], options: { stdio: ('ignore' | 'pipe')[] }) {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready')
    const child = fork(module, parameters, {
      execArgv: ['--import', parentPort],
      serialization: 'advanced',
      stdio: [options.stdio[0], options.stdio[1], options.stdio[2], 'ipc'],
    })
    const utility = Object.assign(new EventEmitter(), {
      pid: undefined as number | undefined,
      stderr: child.stderr,
      postMessage: (message: unknown) => void child.send(message as never, () => {}),
    })
    child.on('spawn', () => {
      utility.pid = child.pid
      utility.emit('spawn')
    })
    child.on('message', (message) => utility.emit('message', message))
    child.on('exit', (code, signal) => {
      utility.pid = undefined
      utility.emit('exit', code ?? { SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal as string])
    })
    return utility
  },
}

/** Forgets everything: Electron before its program starts. */
export function startAgain(userData: string): void {
  Object.assign(world, {
    userData,
    locale: 'en-GB',
    isPackaged: true,
    isFirstInstance: true,
    messageBoxAnswer: 0,
    chosenFiles: [],
    savePath: '',
    messageBoxes: [],
    errorBoxes: [],
    notifications: [],
    windows: [],
    exitCode: undefined,
    wayMilliseconds: 1,
    quits: 0,
    relaunches: [],
    sandboxed: false,
  })
  app.startAgain()
  ipcMain.removeAllListeners()
  ipcMain.handlers.clear()
  protocol.privileged = []
  protocol.handlers.clear()
  session.defaultSession = new FakeSession()
  startPreloadAgain()
}
