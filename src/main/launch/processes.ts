import type { Priority } from './priority.ts'

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null
  /** What ended it from outside or by a crash; null where it left by itself, or where the system does not say. */
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to standard error. */
  readonly errorOutput: string
  /** Why it never came to life. */
  readonly failure?: string
}

export interface LaunchOptions {
  /** Where it stands while every core is busy. Default: beside the process that launches it. */
  readonly priority?: Priority
  /** Standard input is the process's to read, where the host has one to give. Default: it reads nothing. */
  readonly input?: 'inherit' | 'ignore'
  onStarted?(processId: number): void
  onMessage(message: unknown): void
  /** Called once, after the last message and the last byte of standard error. */
  onEnded(end: ProcessEnd): void
}

/** A process that was launched: messages are structured clones, in order. */
export interface LaunchedProcess {
  /** Undefined until it has started. */
  readonly processId: number | undefined
  /** A process that is gone hears nothing; that is no error. */
  send(message: unknown): void
  /** Ends it at once, without asking. */
  kill(): void
}

/** Starts a module of the program in a process of its own, with a channel (see `parentProcess`). Nothing that it prints reaches standard output. */
export type Launcher = (module: string, parameters: readonly string[], options: LaunchOptions) => LaunchedProcess

/** So much of what a process wrote to standard error is kept. */
export const errorCharacters = 4_000

/** The process that launched this one. */
export interface ParentProcess {
  /** Settles once the message has left, so that this process may leave too. A parent that is gone hears nothing; that is no error. */
  send(message: unknown): Promise<void>
  onMessage(listener: (message: unknown) => void): void
  /** Called when the parent is gone. A utility process ends with its parent and is never told. */
  onGone(listener: () => void): void
  /** Closes the channel, so that this process may end. */
  disconnect(): void
}
