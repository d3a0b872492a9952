import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Login } from '../../src/main/web/login.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from './web-host.ts'

const password = 'correct horse & battery'

/** Tries a password from an address. */
function attemptsOf(login: Login) {
  return (remoteAddress: string, given: string) =>
    login.accepts(
      Object.assign(Readable.from([new URLSearchParams({ password: given }).toString()]), {
        socket: { remoteAddress },
      }) as unknown as IncomingMessage,
    )
}

describe('who guesses passwords', () => {
  test('over IPv4 holds up nobody at another address of IPv4, as a socket for both kinds writes them', async () => {
    const attempt = attemptsOf(new Login(password))
    const guesses = Array.from({ length: 4 }, () => attempt('::ffff:10.0.0.2', 'a guess'))
    expect(await attempt('::ffff:10.0.0.1', password)).toBe('right')
    // The same machine, as a socket for IPv4 alone writes it.
    expect(await attempt('10.0.0.2', password)).toBe('too many')
    await guesses[0]
  })

  test('may try again once the guesses before have waited', async () => {
    const attempt = attemptsOf(new Login(password))
    const guess = () => Promise.all(Array.from({ length: 5 }, () => attempt('10.0.0.2', 'a guess')))
    expect(await guess()).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'too many'])
    await expect.poll(() => attempt('10.0.0.2', password), { timeout: 10_000, interval: 200 }).toBe('right')
  })

  test('from everywhere at once is turned away at some time, and no longer than they guess', async () => {
    const attempt = attemptsOf(new Login(password))
    const guesses = await Promise.all(Array.from({ length: 300 }, (_, each) => attempt(`10.0.${each}.1`, 'a guess')))
    expect(guesses.filter((answer) => answer === 'wrong')).toHaveLength(256)
    expect(new Set(guesses.slice(256))).toEqual(new Set(['too many']))
    await expect.poll(() => attempt('10.1.0.1', password), { timeout: 10_000, interval: 200 }).toBe('right')
  })

  test('faster than is heard is told so by the page of the login', async () => {
    const passwordFile = path.join(temporaryFolder(), 'password')
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    const { ask, origin } = await startHost({ passwordFile })
    const body = new URLSearchParams({ password: 'a guess' }).toString()
    const guess = () => ask('/', { method: 'POST', headers: { origin }, body })
    const answers = await Promise.all(Array.from({ length: 5 }, guess))
    expect(answers.map(({ status }) => status).sort()).toEqual([403, 403, 403, 403, 429])
    const turnedAway = answers.find(({ status }) => status === 429)!
    expect(turnedAway.text).toContain('Too many attempts at once')
    expect(turnedAway.headers['set-cookie']).toBeUndefined()
  })
})

describe('a connection of whoever is not in', () => {
  test('is cut where its request does not come to its end', async () => {
    const passwordFile = path.join(temporaryFolder(), 'password')
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    const { port } = await startHost({ passwordFile })
    const started = performance.now()
    const ended = ['POST /', 'GET /', 'POST /upload/log.csv'].map(async (asked) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write(`${asked} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 4000\r\n\r\npa`)
      socket.resume()
      // A byte now and then is no end.
      const drip = setInterval(() => socket.write('x'), 1_000)
      await once(socket, 'close')
      clearInterval(drip)
    })
    await Promise.all(ended)
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  test('gives way to younger ones, and one of a person who is in does not', async () => {
    const { port, cookie } = await startHost()
    const open = async () => {
      const socket = connect(Number(port), '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      await once(socket, 'connect')
      return socket
    }
    const person = await open()
    person.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\n\r\n`)
    await once(person, 'data')
    const oldest = await open()
    const closed = once(oldest, 'close')
    for (let more = 0; more < 256; more++) await open()
    await closed
    person.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\n\r\n`)
    await once(person, 'data')
  })
})

test('the secret of a session that a password opened is another one for each host, and as long as a token', async () => {
  const passwordFile = path.join(temporaryFolder(), 'password')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  const sessions = await Promise.all(
    [0, 1].map(async () => {
      const { ask, origin } = await startHost({ passwordFile })
      const body = new URLSearchParams({ password }).toString()
      const { headers } = await ask('/', { method: 'POST', headers: { origin }, body })
      return /^behavegpt-\d+=([^;]+);/.exec(String(headers['set-cookie']))![1]
    }),
  )
  expect(new Set(sessions).size).toBe(2)
  for (const secret of sessions) expect(secret.length).toBeGreaterThanOrEqual(32)
})
