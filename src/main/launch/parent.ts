import { setLauncher } from './launch.ts'
import type { ParentProcess } from './processes.ts'
import { connectUtility } from './utility-child.ts'
import type { UtilityPort } from './utility-messages.ts'

let parent: ParentProcess | undefined

/** The launching process; undefined in a process that a person started. */
export function parentProcess(): ParentProcess | undefined {
  parent ??= connect()
  return parent
}

function connect(): ParentProcess | undefined {
  const { parentPort } = process as unknown as { parentPort?: UtilityPort | null }
  if (parentPort) {
    const { parent: utilityParent, launcher } = connectUtility(parentPort)
    setLauncher(launcher)
    return utilityParent
  }
  if (process.send === undefined) return undefined
  return {
    // A host that dies between the test and the write makes the write fail; `onGone` tells.
    send: (message) =>
      new Promise((resolve) => {
        if (process.connected) process.send!(message, () => resolve())
        else resolve()
      }),
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.on('disconnect', listener),
    disconnect: () => {
      if (process.connected) process.disconnect()
    },
  }
}
