import { EventEmitter } from 'node:events'

/** The part of Electron that a sandboxed preload has. */
export const contextBridge = {
  exposed: new Map<string, unknown>(),
  exposeInMainWorld: (name: string, value: unknown) => void contextBridge.exposed.set(name, value),
}
class FakeIpcRenderer extends EventEmitter {
  sent: unknown[][] = []
  invoked: unknown[][] = []
  answer: unknown
  send(...message: unknown[]) {
    this.sent.push(message)
  }
  async invoke(...message: unknown[]) {
    this.invoked.push(message)
    if (this.answer instanceof Error) throw this.answer
    return this.answer
  }
}
export const ipcRenderer = new FakeIpcRenderer()
export const webUtils = { getPathForFile: ({ path: file = '' }: { path?: string }) => file }

/** Forgets everything: Electron before a window loads its preload. */
export function startPreloadAgain(): void {
  contextBridge.exposed.clear()
  ipcRenderer.removeAllListeners()
  Object.assign(ipcRenderer, { sent: [], invoked: [], answer: undefined })
}
