import path from 'node:path'
import { app, type BrowserWindow, session, shell } from 'electron'
import { setLauncher } from '../launch/launch.ts'
import { programFolder } from '../launch/program.ts'
import { type OpenPageHost, openPageHost } from '../page-host.ts'
import { connectPage } from './connection.ts'
import { chooseWorkspace, confirmEndOfJobs, createDialogs, tellFailure } from './dialogs.ts'
import { launchUtility } from './launcher.ts'
import { setMenu } from './menu.ts'
import { notifyOfJob } from './notifications.ts'
import { lastWorkspace, namedWorkspace, rememberWorkspace, workspaceOf } from './open-with.ts'
import { servePage } from './protocol.ts'
import { secureSession } from './security.ts'
import { openWindow } from './window.ts'

/** A page that crashed is loaded again after so long. */
const reloadMilliseconds = 500

/** The running desktop: one workspace, one window. */
export class DesktopApplication {
  #opened: OpenPageHost | undefined
  #window: BrowserWindow | undefined
  #isClosing = false
  #isClosed = false
  /** Opened with the program before it was ready. */
  #asked: string | undefined

  /** Opens the workspace that a person named or had open last, and shows it. Ends the program when that is not possible. */
  async start(words: readonly string[], folder: string): Promise<void> {
    setLauncher(launchUtility)
    secureSession(session.defaultSession)
    servePage(path.join(programFolder, 'out/renderer'))
    const isDevelopment = !app.isPackaged
    setMenu({
      openWorkspace: () => void this.#chooseWorkspace(),
      showWorkspace: () => void shell.openPath(this.#opened!.host.directory),
      isDevelopment,
    })
    const workspace =
      this.#asked ??
      namedWorkspace(words, folder) ??
      process.env.BEHAVEGPT_WORKSPACE ??
      lastWorkspace(this.#workspaceFile) ??
      path.join(app.getPath('documents'), 'BehaveGPT Workbench')
    if (await this.open(workspace)) this.showWindow()
    else app.exit(1)
  }

  /** Opens another workspace instead of the present one; says why where that is not possible, and keeps the present one. */
  async open(directory: string): Promise<boolean> {
    if (!app.isReady()) {
      this.#asked = directory
      return true
    }
    const present = this.#opened
    if (present?.host.directory === path.resolve(directory)) return true
    if (present !== undefined && !confirmEndOfJobs(this.#window, present.jobs.runningKinds)) return false
    try {
      const dialogs = createDialogs(() => this.#window)
      const opened = openPageHost(directory, { kind: 'desktop', dialogs })
      opened.onJobEnded((job) => notifyOfJob(job, this.#window))
      this.#opened = opened
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`)
      tellFailure(error)
      return false
    }
    rememberWorkspace(this.#workspaceFile, path.resolve(directory))
    if (present !== undefined) await closeWorkspace(present)
    this.#window?.webContents.reload()
    return true
  }

  /** Brings the window to the front, making it where it was closed. */
  showWindow(): void {
    if (this.#window === undefined) {
      if (this.#opened !== undefined) this.#window = this.#makeWindow()
      return
    }
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  /** What a person opened with the program, where it is a workspace or lies in one. */
  async openFile(file: string): Promise<void> {
    const workspace = workspaceOf(file)
    if (workspace === undefined) return
    await this.open(workspace)
    this.showWindow()
  }

  /** What a second start of the program was told. */
  async takeSecondStart(words: readonly string[], folder: string): Promise<void> {
    const workspace = namedWorkspace(words, folder)
    if (workspace !== undefined) await this.open(workspace)
    this.showWindow()
  }

  /** Asks before running jobs end, has trainings pause, and only then lets the program quit. */
  quit(event: { preventDefault(): void }): void {
    if (this.#isClosed || this.#opened === undefined) return
    event.preventDefault()
    if (this.#isClosing || !confirmEndOfJobs(this.#window, this.#opened.jobs.runningKinds)) return
    this.#isClosing = true
    void closeWorkspace(this.#opened).then(() => {
      this.#isClosed = true
      app.quit()
    })
  }

  #makeWindow(): BrowserWindow {
    const window = openWindow({
      preload: path.join(programFolder, 'out/preload/index.cjs'),
      stateFile: path.join(app.getPath('userData'), 'window-state.json'),
      icon: process.platform === 'linux' ? path.join(programFolder, 'resources/icons/icon.png') : undefined,
      isDevelopment: !app.isPackaged,
    })
    connectPage(window, () => this.#opened!)
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      process.stderr.write(`The page ended: ${reason}\n`)
      // Not at once: a page that always ends so must not keep the machine busy.
      setTimeout(() => {
        if (!window.isDestroyed()) window.webContents.reload()
      }, reloadMilliseconds)
    })
    window.on('close', (event) => {
      // On macOS a program goes on without a window; elsewhere the window is the program, and quitting asks.
      if (process.platform === 'darwin' || this.#isClosed) return
      event.preventDefault()
      app.quit()
    })
    window.on('closed', () => {
      this.#window = undefined
    })
    return window
  }

  async #chooseWorkspace(): Promise<void> {
    if (this.#window === undefined) return
    const directory = await chooseWorkspace(this.#window)
    if (directory !== undefined) await this.open(directory)
  }

  get #workspaceFile(): string {
    return path.join(app.getPath('userData'), 'workspace.json')
  }
}

/** Lets go of a workspace. What goes wrong then keeps nobody from quitting: its locks end with the process. */
async function closeWorkspace(opened: OpenPageHost): Promise<void> {
  try {
    await opened.close()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
  }
}
