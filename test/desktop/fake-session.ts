import { EventEmitter } from 'node:events'

export type Listener = (...values: never[]) => unknown

/** Electron's session: what the program has it allow, deny and look at is kept. */
export class FakeSession extends EventEmitter {
  permissionRequest: Listener | undefined
  permissionCheck: Listener | undefined
  devicePermission: Listener | undefined
  beforeRequest: Listener | undefined
  spellChecker = true
  webRequest = {
    onBeforeRequest: (listener: Listener) => {
      this.beforeRequest = listener
    },
  }
  setPermissionRequestHandler(handler: Listener) {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: Listener) {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: Listener) {
    this.devicePermission = handler
  }
  setDisplayMediaRequestHandler() {}
  setSpellCheckerEnabled(enabled: boolean) {
    this.spellChecker = enabled
  }
}
