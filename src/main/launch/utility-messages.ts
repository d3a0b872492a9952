import type { ProcessEnd } from './processes.ts'

/**
 * What goes over the channel of a utility process. It cannot launch processes itself, so it asks the main process to; and since leaving at once may lose what
 * was said last, everything it says is acknowledged.
 */
export type FromUtility =
  | { readonly kind: 'message'; readonly number: number; readonly message: unknown }
  | { readonly kind: 'launch'; readonly id: number; readonly module: string; readonly parameters: readonly string[] }
  | { readonly kind: 'tell'; readonly id: number; readonly message: unknown }
  | { readonly kind: 'kill'; readonly id: number }

export type ToUtility =
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'received'; readonly number: number }
  | { readonly kind: 'launched-started'; readonly id: number; readonly processId: number }
  | { readonly kind: 'launched-message'; readonly id: number; readonly message: unknown }
  | { readonly kind: 'launched-ended'; readonly id: number; readonly end: ProcessEnd }

/** The part of Electron's `process.parentPort` that is used here. */
export interface UtilityPort {
  postMessage(message: FromUtility): void
  on(event: 'message', listener: (event: { data: ToUtility }) => void): unknown
}
