import type { Session, WebContents, WebFrameMain } from 'electron'
import { app } from 'electron'
import { desktopOrigin } from '../../shared/desktop.ts'

/** Whether an address is of the desktop's own page. */
export const isOwn = (address: string) => {
  const url = URL.parse(address)
  return url !== null && `${url.protocol}//${url.host}` === desktopOrigin
}

/** Whether a message comes from the page itself: the outermost frame of our own window, showing our own page. */
export function isFromPage(frame: WebFrameMain | null, contents: WebContents): boolean {
  return frame !== null && !contents.isDestroyed() && frame === contents.mainFrame && isOwn(frame.url)
}

/** What Chromium itself needs besides the page: data and blob addresses reach nobody, and developer tools are opened by developers. */
const harmless = /^(data|blob|devtools):/

/** Denies every page what this one does not need, whatever window it may come to be in. */
export function secureApplication(): void {
  app.on('web-contents-created', (_event, contents) => {
    const keepHere = (event: { preventDefault(): void; readonly url: string }) => {
      if (!isOwn(event.url)) event.preventDefault()
    }
    contents.on('will-navigate', keepHere)
    contents.on('will-frame-navigate', keepHere)
    contents.on('will-redirect', keepHere)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

/** Denies every permission, request to elsewhere and download but the page's own; copying a table's text is all that is left. */
export function secureSession(session: Session): void {
  const isAllowed = (permission: string, address: string) =>
    permission === 'clipboard-sanitized-write' && isOwn(address)
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isAllowed(permission, requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler(null)
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !(isOwn(url) || harmless.test(url)) }))
  session.on('will-download', (event, item) => {
    // A chart or table that the page made; where it goes is asked for natively.
    if (!/^(blob:app:\/\/workbench\/|data:)/.test(item.getURL())) event.preventDefault()
  })
  session.setSpellCheckerEnabled(false)
}
