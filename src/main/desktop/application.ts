import path from 'node:path'
import { app, type BrowserWindow, type Event, session, shell, type WebContents } from 'electron'
import { setLauncher } from '../launch/launch.ts'
import { programFolder } from '../launch/program.ts'
import { type OpenPageHost, openPageHost } from '../page-host.ts'
import { connectPage } from './connection.ts'
import { chooseWorkspace, confirmEndOfJobs, confirmLoss, createDialogs, tellFailure } from './dialogs.ts'
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
  /** Of the window that was closed last. */
  #pageIsAnswered = Promise.resolve()
  /** A person said that the program may end; they may still stay for what the page would lose. */
  #isQuitting = false
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
    if (present !== undefined && !confirmEndOfJobs(this.#window, titlesOfRunning(present))) return false
    const opened = this.#openHost(directory)
    if (opened === undefined) return false
    this.#opened = opened
    if (this.#window !== undefined && !(await loadsAgain(this.#window.webContents))) {
      this.#opened = present
      await closeWorkspace(opened)
      return false
    }
    rememberWorkspace(this.#workspaceFile, path.resolve(directory))
    if (present !== undefined) await closeWorkspace(present)
    return true
  }

  /** Brings the window to the front, making it where it was closed. */
  showWindow(): void {
    if (this.#isClosing) return
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
    // What is being closed cannot be opened; the program starts again once it has let go of it.
    if (this.#isClosing) return app.relaunch({ args: workspace === undefined ? [] : ['--workspace', workspace] })
    if (workspace !== undefined) await this.open(workspace)
    this.showWindow()
  }

  /** Before the window closes and the program quits: asks before running jobs end. */
  quit(event: { preventDefault(): void }): void {
    if (this.#isClosing || this.#opened === undefined) return
    this.#isQuitting = confirmEndOfJobs(this.#window, titlesOfRunning(this.#opened))
    if (!this.#isQuitting) event.preventDefault()
  }

  /** After the window has closed, and with it what the page stored at the last moment: has trainings pause, and only then lets the program end. */
  finish(event: { preventDefault(): void }): void {
    if (this.#isClosed || this.#opened === undefined) return
    event.preventDefault()
    if (this.#isClosing) return
    this.#isClosing = true
    void this.#close(this.#opened)
  }

  async #close(opened: OpenPageHost): Promise<void> {
    await this.#pageIsAnswered
    await closeWorkspace(opened)
    this.#isClosed = true
    app.quit()
  }

  /** Opens a workspace; says why where that is not possible. */
  #openHost(directory: string): OpenPageHost | undefined {
    try {
      const opened = openPageHost(directory, { kind: 'desktop', dialogs: createDialogs(() => this.#window) })
      opened.onJobEnded((job) => {
        // Who looks at the window sees it there.
        if (!this.#window?.isFocused()) notifyOfJob(job, opened.titleOf(job), () => this.showWindow())
      })
      return opened
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`)
      tellFailure(error)
      return undefined
    }
  }

  #makeWindow(): BrowserWindow {
    const window = openWindow({
      preload: path.join(programFolder, 'out/preload/index.cjs'),
      stateFile: path.join(app.getPath('userData'), 'window-state.json'),
      icon: process.platform === 'linux' ? path.join(programFolder, 'resources/icons/icon.png') : undefined,
      isDevelopment: !app.isPackaged,
    })
    const isAnswered = connectPage(window, () => this.#opened!)
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      process.stderr.write(`The page ended: ${reason}\n`)
      // Not at once: a page that always ends so must not keep the machine busy.
      setTimeout(() => {
        if (!window.isDestroyed()) window.webContents.reload()
      }, reloadMilliseconds)
    })
    window.webContents.on('will-prevent-unload', (event) => {
      if (confirmLoss(window)) event.preventDefault()
      else this.#isQuitting = false
    })
    window.on('close', (event) => {
      // On macOS a program goes on without a window; elsewhere the window is the program, and quitting asks.
      if (process.platform === 'darwin' || this.#isQuitting) return
      event.preventDefault()
      // Not within this event: that it is prevented would end the quitting as well.
      setImmediate(() => app.quit())
    })
    window.on('closed', () => {
      this.#window = undefined
      this.#pageIsAnswered = isAnswered()
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

/** Loads the page anew; false where it would lose something and the person stays. */
function loadsAgain(page: WebContents): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (loads: boolean) => {
      page.off('did-start-navigation', onStart)
      page.off('will-prevent-unload', onQuestion)
      resolve(loads)
    }
    const onStart = () => end(true)
    // Heard after the window's own handler, which has asked.
    const onQuestion = (event: Event) => {
      if (!event.defaultPrevented) end(false)
    }
    page.on('did-start-navigation', onStart)
    page.on('will-prevent-unload', onQuestion)
    page.reload()
  })
}

/** Lets go of a workspace. What goes wrong then keeps nobody from quitting: its locks end with the process. */
async function closeWorkspace(opened: OpenPageHost): Promise<void> {
  try {
    await opened.close()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
  }
}

const titlesOfRunning = ({ jobs, titleOf }: OpenPageHost) => jobs.running.map(titleOf)
