import { forkProcess } from './fork.ts'
import type { Launcher } from './processes.ts'

let launcher: Launcher = forkProcess

/** Launches with what the host gave: Node's own `fork`, or in the desktop Electron's utility processes, since a packed Electron is no Node. */
export const launch: Launcher = (module, parameters, options) => launcher(module, parameters, options)

/** Decides for this process how others are launched. */
export function setLauncher(own: Launcher): void {
  launcher = own
}
