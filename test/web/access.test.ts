import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startWebHost } from '../../src/main/web/host.ts'
import { Login } from '../../src/main/web/login.ts'
import { webOptions } from '../../src/main/web/options.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost, token } from './web-host.ts'

describe.skipIf(process.platform === 'win32')('a file with a secret', () => {
  test.each([
    ['token', { token: undefined }, 'tokenFile', token],
    ['password', {}, 'passwordFile', 'correct horse & battery'],
  ])('of a %s is refused where others than its owner could read or change it', async (what, options, field, secret) => {
    const file = path.join(temporaryFolder(), what)
    writeFileSync(file, secret)
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(file, mode)
      await expect(startHost({ ...options, [field]: file })).rejects.toMatchObject({
        code: 'usage',
        message: `Others than its owner can read or change the ${what} file ${file}.`,
        hint: `Close it to them: chmod 600 "${file}"`,
      })
    }
    chmodSync(file, 0o600)
    await startHost({ ...options, [field]: file })
  })
})

describe('the token of a file', () => {
  function tokenFile(content: string): string {
    const file = path.join(temporaryFolder(), 'token')
    writeFileSync(file, content, { mode: 0o600 })
    return file
  }

  test('opens the door, and is not in the printed address, which ends in logs', async () => {
    const { host, ask, port } = await startHost({ token: undefined, tokenFile: tokenFile(`${token}\nnot this line\n`) })
    expect(host.address).toBe(`http://127.0.0.1:${port}/`)
    expect((await ask(`/?token=${token}`)).status).toBe(302)
    expect((await ask('/')).status).toBe(403)
  })

  test('is refused where it could be guessed, cannot be read or was given besides', async () => {
    await expect(startHost({ token: undefined, tokenFile: tokenFile('short') })).rejects.toThrow('too easy to guess')
    await expect(startHost({ token: undefined, tokenFile: '/nowhere/token' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/^The token file \/nowhere\/token cannot be read: ENOENT/),
    })
    await expect(startHost({ token, tokenFile: tokenFile(token) })).rejects.toThrow('The token was given twice.')
  })
})

describe('the token', () => {
  test('of the printed address becomes a cookie that no script reads, and leaves the address, of which the rest stays', async () => {
    const { host, ask, port } = await startHost()
    expect(host.address).toBe(`http://127.0.0.1:${port}/?token=${token}`)
    const { status, headers } = await ask(`/runs/compare?token=${token}&runs=a,b`)
    expect(status).toBe(302)
    expect(headers.location).toBe('/runs/compare?runs=a%2Cb')
    expect(headers['set-cookie']).toEqual([`behavegpt-${port}=${token}; HttpOnly; SameSite=Lax; Path=/`])
  })

  test.each([
    ['no token', '/', {}],
    ['a wrong token', '/?token=wrong', {}],
    ['the beginning of the token', `/?token=${token.slice(0, -1)}`, {}],
    ['a wrong cookie', '/', { cookie: 'behavegpt-PORT=wrong' }],
    ['the cookie of another port', '/', { cookie: `behavegpt-1=${token}` }],
    ['the token at another place', `/${token}`, {}],
  ])('%s lets nobody in', async (_what, where, headers: Record<string, string>) => {
    const { ask, port } = await startHost()
    const asked = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, v.replace('PORT', port)]))
    const answer = await ask(where, { headers: asked })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('needs the token')
    expect(answer.headers['set-cookie']).toBeUndefined()
    const page = await ask(where, { headers: { ...asked, accept: 'text/html,*/*' } })
    expect(page).toMatchObject({ status: 403, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(page.text).toContain('Look for the line with <code>?token=</code>')
  })

  test('leads to no other host', async () => {
    const { ask } = await startHost()
    const { headers } = await ask(`/.//elsewhere.example/?token=${token}`)
    expect(headers.location).toBe('/elsewhere.example/')
  })
})

describe('a name that was pointed here (DNS rebinding)', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example:9',
    '10.0.0.1',
    'a b',
  ])('%j is refused, cookie or not', async (host) => {
    const { askIn } = await startHost()
    expect((await askIn('/', { headers: { host } })).status).toBe(421)
  })

  test.each(['localhost:1234', '127.0.0.1:1', '[::1]:80', 'LOCALHOST'])(
    '%s is ours at any port, since a tunnel has its own',
    async (host) => {
      const { askIn } = await startHost()
      expect((await askIn('/', { headers: { host } })).status).toBe(200)
    },
  )

  test('names that a person gave are ours too', async () => {
    const { askIn } = await startHost({ names: ['Bench.example'] })
    expect((await askIn('/', { headers: { host: 'bench.example' } })).status).toBe(200)
  })
})

describe('pages of other origins', () => {
  test('cannot even ask for a picture', async () => {
    const { askIn } = await startHost()
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    expect((await askIn('/icon.svg', { headers })).status).toBe(403)
    expect((await askIn('/', { headers: { ...headers, 'sec-fetch-site': 'same-site' } })).status).toBe(403)
  })

  test('may hold a link to ours', async () => {
    const { askIn } = await startHost()
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await askIn('/runs', { headers })).status).toBe(200)
  })
})

describe('the socket', () => {
  const connect = (port: string, headers: Record<string, string>, where = '/rpc') =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${where}`, { headers })
      socket.on('open', () => {
        socket.terminate()
        resolve('open')
      })
      socket.on('error', (error) => resolve(error.message))
    })

  test('opens for our own page of a person who is in', async () => {
    const { port, cookie, origin } = await startHost()
    expect(await connect(port, { cookie, origin })).toBe('open')
  })

  test.each([
    ['no cookie', { cookie: '' }],
    ['a wrong cookie', { cookie: `behavegpt=${token}` }],
    ['a foreign origin', { origin: 'http://evil.example' }],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin, which browsers always send', { origin: '' }],
    ['a foreign name', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('stays closed with %s', async (_what, changed) => {
    const { port, cookie, origin } = await startHost()
    expect(await connect(port, { cookie, origin, ...changed })).toContain('403')
  })

  test('is at no other place', async () => {
    const { port, cookie, origin } = await startHost()
    expect(await connect(port, { cookie, origin }, '/other')).toContain('403')
  })

  test('is refused beside too many others, and the page can ask whether there is room', async () => {
    const { port, cookie, origin, ask, askIn } = await startHost()
    const room = async () => (await askIn('/rpc', { method: 'HEAD' })).status
    expect((await ask('/rpc', { method: 'HEAD' })).status).toBe(403)
    expect(await room()).toBe(204)
    const sockets = Array.from(
      { length: 64 },
      () => new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { cookie, origin } }),
    )
    onTestFinished(() => {
      for (const socket of sockets) socket.terminate()
    })
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    expect(await room()).toBe(503)
    expect(await connect(port, { cookie, origin })).toContain('503')
    sockets[0].close()
    await once(sockets[0], 'close')
    await expect.poll(room).toBe(204)
    expect(await connect(port, { cookie, origin })).toBe('open')
  })

  test.each([
    ['no JSON', 'hello', 1007],
    ['an empty object', '{}', 1007],
    ['null', 'null', 1007],
    ['a question to no address', '{"i":"1","p":{"u":"http://["}}', 1007],
    ['a question to elsewhere', '{"i":"1","p":{"u":"http://evil.example/"}}', 1007],
    ['an item of a stream without an item', '{"i":"1","t":3}', 1007],
    ['a file', '{"i":"1","p":{"u":"/x","h":{"content-disposition":"x"}}}', 1007],
    ['no text', Buffer.from('hello'), 1003],
  ])('is closed by %s, with one line in the log however often it comes', async (_what, message, expected) => {
    const { port, cookie, origin } = await startHost()
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const complained = vi.spyOn(console, 'error').mockReturnValue()
    onTestFinished(() => void vi.restoreAllMocks())
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { cookie, origin } })
    await once(socket, 'open')
    for (let time = 0; time < 5; time++) socket.send(message)
    const [code] = await once(socket, 'close')
    expect(code).toBe(expected)
    expect(written.mock.calls.map(([line]) => line)).toEqual([expect.stringMatching(/^A connection was closed: .*\n$/)])
    expect(complained).not.toHaveBeenCalled()
  })

  test('is cut when a message is larger than any page sends', async () => {
    const { port, cookie, origin } = await startHost()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { cookie, origin } })
    const code = await new Promise((resolve) => {
      socket.on('open', () => socket.send(Buffer.alloc(17 * 1024 * 1024)))
      socket.on('close', resolve)
    })
    expect(code).toBe(1009)
  })
})

describe('the page', () => {
  test('comes with a policy that runs only our own scripts and asks nobody else', async () => {
    const { askIn } = await startHost()
    const { status, headers, text } = await askIn('/runs/3/any.thing')
    expect({ status, text }).toEqual({ status: 200, text: '<title>the page</title>' })
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/default-src 'none'.*script-src 'self';.*connect-src 'self';/)
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
  })

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/%2e%2e%2fsecret.json',
    '/..%5csecret.json',
    '/assets/%00',
    '//secret.json',
    '/%',
    'http://127.0.0.1/../secret.json',
    '/assets/none.js',
  ])('%s leads nowhere', async (where) => {
    const { askIn } = await startHost()
    const { text } = await askIn(where)
    expect(text).not.toContain('"secret"')
    expect(text).toMatch(/no such file|the page|no address/)
  })

  test.each(['/explore/user/CORP%5Calice', '/explore/user/..%2F..%2Fsecret.json', '/explore/behaviour/a%2Fb'])(
    '%s is of the page: names may be so',
    async (where) => {
      const { askIn } = await startHost()
      expect(await askIn(where)).toMatchObject({ status: 200, text: '<title>the page</title>' })
    },
  )

  test('takes no other methods', async () => {
    const { askIn } = await startHost()
    expect((await askIn('/', { method: 'DELETE' })).status).toBe(405)
    expect((await askIn('/', { method: 'POST', body: 'x' })).status).toBe(405)
  })
})

test('a host that may not start, since its folder is not there, leaves no workspace behind', async () => {
  const folder = temporaryFolder()
  const workspace = path.join(folder, 'workspace')
  writeFileSync(path.join(folder, 'index.html'), '')
  const options = webOptions.parse({ page: folder, allowFolder: path.join(folder, 'logs') })
  await expect(startWebHost(workspace, options)).rejects.toMatchObject({
    code: 'not-found',
    message: `There is no folder ${path.join(folder, 'logs')}.`,
  })
  expect(existsSync(workspace)).toBe(false)
})

describe('elsewhere than on this machine', () => {
  test('it listens only with a password, and says what to do', async () => {
    const starting = startHost({ listen: '0.0.0.0' })
    await expect(starting).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringMatching(/password-file.*ssh -L/),
    })
  })

  test('a short password is refused', async () => {
    const file = path.join(temporaryFolder(), 'password')
    writeFileSync(file, 'short\n', { mode: 0o600 })
    await expect(startHost({ listen: '0.0.0.0', passwordFile: file })).rejects.toThrow('too short: 5 of at least')
  })

  test('the password opens a session, a wrong one does not, and the token is no way in', async () => {
    const file = path.join(temporaryFolder(), 'password')
    writeFileSync(file, 'correct horse & battery\n', { mode: 0o600 })
    const { host, ask, origin, port } = await startHost({ passwordFile: file })
    expect(host.address).toBe(`http://127.0.0.1:${port}/`)
    const form = (password: string, headers: Record<string, string> = { origin }) =>
      ask('/', { method: 'POST', headers, body: new URLSearchParams({ password }).toString() })
    const asked = await ask('/runs')
    expect(asked.status).toBe(401)
    expect(asked.text).toContain('type="password"')
    // To its own address, which is ours also where a proxy has other programs at its root.
    expect(asked.text).toContain('<form method="post">')
    expect((await ask(`/?token=${token}`)).status).toBe(401)
    expect((await form('correct horse & battery', { origin: 'http://evil.example' })).status).toBe(403)
    const wrong = await form('correct horse')
    expect(wrong.status).toBe(403)
    expect(wrong.headers['set-cookie']).toBeUndefined()
    const before = performance.now()
    const right = await form('correct horse & battery')
    expect(performance.now() - before, 'a wrong password makes the next wait').toBeGreaterThan(500)
    expect(right).toMatchObject({ status: 303, headers: { location: '/' } })
    // A form says whose page it is on only where its page lets it.
    expect(asked.headers['referrer-policy']).toBe('same-origin')
    expect((await ask('/', { method: 'HEAD' })).status).toBe(401)
    expect((await ask('/upload/log.csv', { method: 'PUT', headers: { origin } })).text).toContain('Log in first')
    const [cookie] = String(right.headers['set-cookie']).split(';')
    expect((await ask('/', { headers: { cookie } })).text).toContain('the page')
  })

  test.each([
    ['/runs/compare?runs=a,b', '/runs/compare?runs=a,b'],
    ['//evil.example/runs', '/runs'],
    ['/\\evil.example', '/'],
  ])('who comes in on the way to %s goes to %s, and never to another host', async (to, location) => {
    const file = path.join(temporaryFolder(), 'password')
    writeFileSync(file, 'correct horse & battery\n', { mode: 0o600 })
    const { ask, origin } = await startHost({ passwordFile: file })
    const body = new URLSearchParams({ password: 'correct horse & battery' }).toString()
    expect(await ask(to, { method: 'POST', headers: { origin }, body })).toMatchObject({
      status: 303,
      headers: { location },
    })
  })

  test.each([
    ['of which the proxy tells', 'GET', { 'x-forwarded-prefix': '/bench' }],
    ['that the form shows', 'POST', { referer: 'http://127.0.0.1/bench/runs' }],
  ])(
    'below a path of a proxy %s nobody is asked for a password: the page would not work there',
    async (_how, method, headers: Record<string, string>) => {
      const file = path.join(temporaryFolder(), 'password')
      writeFileSync(file, 'correct horse & battery\n', { mode: 0o600 })
      const { ask, origin } = await startHost({ passwordFile: file })
      const body =
        method === 'POST' ? new URLSearchParams({ password: 'correct horse & battery' }).toString() : undefined
      const answer = await ask('/runs', { method, headers: { origin, ...headers }, body })
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('only at the root of a host name')
      expect(answer.text).not.toContain('<form')
      expect(answer.headers['set-cookie']).toBeUndefined()
      const atRoot = await ask('/runs', { headers: { 'x-forwarded-prefix': '/' } })
      expect(atRoot.status).toBe(401)
    },
  )

  test('a token is of no use beside a password, and refused', async () => {
    const file = path.join(temporaryFolder(), 'password')
    writeFileSync(file, 'correct horse & battery\n', { mode: 0o600 })
    await expect(startHost({ passwordFile: file, token })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Leave --token and --token-file out'),
    })
  })

  test('who guesses holds up nobody at another place, and not more than a few attempts wait', async () => {
    const login = new Login('correct horse & battery')
    const attempt = (remoteAddress: string, password: string) =>
      login.accepts(
        Object.assign(Readable.from([new URLSearchParams({ password }).toString()]), {
          socket: { remoteAddress },
        }) as unknown as IncomingMessage,
      )
    const guesses = Array.from({ length: 20 }, (_, guess) => attempt(`2001:db8::${guess}`, `guess ${guess}`))
    const before = performance.now()
    expect(await attempt('2001:db9::1', 'correct horse & battery')).toBe('right')
    expect(await attempt('::ffff:10.0.0.1', 'correct horse & battery')).toBe('right')
    expect(performance.now() - before).toBeLessThan(500)
    const turnedAway = guesses.slice(4)
    expect(new Set(await Promise.all(turnedAway))).toEqual(new Set(['too many']))
    expect(await guesses[1]).toBe('wrong')
  })
})

test.each(['right', 'x'.repeat(31), `${'x'.repeat(32)}&y`, ''])(
  'the token %j could be guessed or is none',
  async (given) => {
    await expect(startHost({ token: given })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('at least 32'),
    })
  },
)

test('a port that is taken is named', async () => {
  const { port } = await startHost()
  await expect(startHost({ port: Number(port) })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(port),
  })
})

test('without a built page it says how to build it', async () => {
  const folder = temporaryFolder()
  const starting = startWebHost(path.join(folder, 'workspace'), webOptions.parse({ page: folder }))
  await expect(starting).rejects.toMatchObject({ code: 'not-found', hint: expect.stringContaining('npm run build') })
})
