import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSameSecret } from './access.ts'

const longestForm = 4_096
/** A wrong password makes the next attempt from the same place wait. */
const pauseMilliseconds = 1_000
/** So many attempts may wait for their turn, of one place and of all; more are turned away. */
const mostOfOne = 4
const mostOfAll = 256

export type Attempt = 'right' | 'wrong' | 'too many'

interface Place {
  turn: Promise<unknown>
  waiting: number
}

/** Lets in whoever knows the password. Attempts from one place are looked at one after the other, so that nobody can guess in parallel or hold up others. */
export class Login {
  readonly #password: string
  readonly #places = new Map<string, Place>()
  #waiting = 0

  constructor(password: string) {
    this.#password = password
  }

  /** Whether the form of a request holds the password. */
  async accepts(request: IncomingMessage): Promise<Attempt> {
    const name = placeOf(request.socket.remoteAddress)
    const form = await readForm(request)
    if (form === undefined) return 'wrong'
    const place = this.#places.get(name) ?? { turn: Promise.resolve(), waiting: 0 }
    if (place.waiting >= mostOfOne || this.#waiting >= mostOfAll) return 'too many'
    this.#places.set(name, place)
    place.waiting++
    this.#waiting++
    const attempt = place.turn.then(() => isSameSecret(form.get('password') ?? '', this.#password))
    place.turn = attempt
      .then((right) => (right ? undefined : sleep(pauseMilliseconds)))
      .then(() => {
        this.#waiting--
        if (--place.waiting === 0) this.#places.delete(name)
      })
    return (await attempt) ? 'right' : 'wrong'
  }
}

/** Where a request comes from. A machine has as many IPv6 addresses as it likes, all in the network that the first half names. */
function placeOf(address = ''): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (mapped !== undefined || isIP(address) !== 6) return mapped ?? address
  const [head, tail] = address.split('::')
  const groups = head.split(':')
  if (tail !== undefined) while (groups.length < 4) groups.push('0')
  return groups.slice(0, 4).join(':')
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = ''
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk
      if (text.length > longestForm) return undefined
    }
  } catch {
    return undefined
  }
  return new URLSearchParams(text)
}
