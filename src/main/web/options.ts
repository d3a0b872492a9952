import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import { programFolder } from '../launch/program.ts'
import { isLoopback } from './access.ts'

/** How the web host is started. */
export const webOptions = z.strictObject({
  /** 0 is any free port. */
  port: z.int().min(0).max(65_535).default(0),
  /** Address to listen at. Others than this machine's own need a password. */
  listen: z.string().min(1).default('127.0.0.1'),
  /** File whose first line is the password; else the environment's BEHAVEGPT_PASSWORD. */
  passwordFile: z.string().min(1).optional(),
  /** Folder from which a page may read files besides uploads. */
  allowFolder: z.string().min(1).optional(),
  /** More names by which browsers call this host, such as that of a proxy. */
  names: z.array(z.string().min(1)).default([]),
  /** Folder of the built page. */
  page: z.string().min(1).default(path.join(programFolder, 'out/renderer')),
  /** Secret of the printed address (see `tokenOf`); a random one when absent. */
  token: z.string().optional(),
  /** File whose first line is that secret; the printed address is without it then, since it ends in the logs of whatever started the host. */
  tokenFile: z.string().min(1).optional(),
})
export type WebOptions = z.output<typeof webOptions>

const shortestPassword = 12

/**
 * The password that a person gave; undefined when there is none and none is needed.
 * @throws WorkbenchError `usage` when one is needed, it is too short or it lies where others can read it, `not-found` when its file cannot be read.
 */
export function passwordOf({ listen, passwordFile }: WebOptions): string | undefined {
  const password =
    passwordFile === undefined ? process.env.BEHAVEGPT_PASSWORD : secretIn(phrase`password file`, passwordFile)
  if (password === undefined && isLoopback(listen)) return undefined
  if (password === undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`At ${listen} other machines could reach the workbench, and no password was given.`,
      phrase`Give one with --password-file FILE or in BEHAVEGPT_PASSWORD; or listen at 127.0.0.1 and use a tunnel: ssh -L 8080:127.0.0.1:PORT MACHINE.`,
    )
  }
  if (password.length >= shortestPassword) return password
  throw new WorkbenchError(
    'usage',
    phrase`The password is too short: ${password.length} of at least ${shortestPassword} characters.`,
    phrase`Use a longer one, such as what \`openssl rand -base64 24\` prints.`,
  )
}

const goodToken = /^[\w-]{32,}$/

/**
 * The token that a person gave; undefined when they gave none.
 * @param password what lets people in instead, if anything does.
 * @throws WorkbenchError `usage` when it could be guessed, was given twice, lies where others can read it or would be of no use beside a password, `not-found` when its file cannot be read.
 */
export function tokenOf({ token: given, tokenFile }: WebOptions, password: string | undefined): string | undefined {
  if (given === undefined && tokenFile === undefined) return undefined
  if (password !== undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`A password was given, and the workbench lets nobody in with a token then.`,
      phrase`Leave --token and --token-file out, or the password.`,
    )
  }
  if (given !== undefined && tokenFile !== undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`The token was given twice.`,
      phrase`Leave --token out: what stands in a command line, every process of this machine can read.`,
    )
  }
  const token = given ?? secretIn(phrase`token file`, tokenFile!)
  if (goodToken.test(token)) return token
  throw new WorkbenchError(
    'usage',
    phrase`The token is too easy to guess, or has characters that do not go into an address.`,
    phrase`Give at least 32 letters, digits, _ or -, such as what \`openssl rand -hex 24\` prints; or leave --token out.`,
  )
}

/** The secret of a file that is its owner's alone. On Windows the folder says who may read it. */
function secretIn(what: Phrase, file: string): string {
  const secret = firstLine(what, file)
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return secret
  throw new WorkbenchError(
    'usage',
    phrase`Others than its owner can read or change the ${what} ${file}.`,
    phrase`Close it to them: chmod 600 "${file}"`,
  )
}

function firstLine(what: Phrase, file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]
  } catch (error) {
    const reason = (error as Error).message
    throw new WorkbenchError(
      'not-found',
      phrase`The ${what} ${file} cannot be read: ${reason}.`,
      phrase`Name another file.`,
    )
  }
}

/** @throws WorkbenchError `not-found` when there is no built page in the folder. */
export function requirePage(folder: string): string {
  const absolute = path.resolve(folder)
  if (statSync(path.join(absolute, 'index.html'), { throwIfNoEntry: false })?.isFile()) return absolute
  throw new WorkbenchError(
    'not-found',
    phrase`There is no built page in ${absolute}.`,
    phrase`\`npm start -- --web\` builds it and opens it; \`npm run build\` only builds it.`,
  )
}
