import { afterEach, expect, test, vi } from 'vitest'
import { phrase } from '../../src/shared/phrase.ts'

/** Its types are those of a browser. */
const pageModule: string = '../../src/renderer/api.ts'

/** Sockets that were opened, as a test wants them to end. */
const sockets: EventTarget[] = []
class FakeSocket extends EventTarget {
  constructor() {
    super()
    sockets.push(this)
  }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the workbench is tried again until it is there, also where a connection closes before it opened and nobody says why', async () => {
  vi.stubGlobal('window', {})
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', { href: 'http://127.0.0.1:1234/logs' })
  vi.useFakeTimers()
  const { connect } = (await import(pageModule)) as { connect(): Promise<void> }
  const { connection } = await import('../../src/renderer/connection.ts')
  const connected = connect()
  await vi.waitFor(() => expect(sockets).toHaveLength(1))
  sockets[0].dispatchEvent(new Event('open'))
  await connected
  expect(connection.value).toBe('open')

  sockets[0].dispatchEvent(new Event('close'))
  expect(connection.value).toBe('lost')
  for (const attempt of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sockets).toHaveLength(attempt + 1)
    if (attempt === 1) sockets[attempt].dispatchEvent(new Event('error'))
    if (attempt < 3) sockets[attempt].dispatchEvent(new Event('close'))
  }
  sockets[3].dispatchEvent(new Event('open'))
  await vi.advanceTimersByTimeAsync(0)
  expect(connection.value).toBe('open')
})

test('a page for which there is no room says so from the first moment on, and goes on by itself', async () => {
  vi.resetModules()
  sockets.length = 0
  vi.stubGlobal('window', {})
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', { href: 'http://127.0.0.1:1234/logs' })
  const asked = vi.fn(async (_place: string, _how: unknown) => ({ status: 503 }))
  vi.stubGlobal('fetch', asked)
  vi.useFakeTimers()
  const { connect } = (await import(pageModule)) as { connect(): Promise<void> }
  const { closedBy, connection } = await import('../../src/renderer/connection.ts')
  const connected = connect()
  await vi.waitFor(() => expect(sockets).toHaveLength(1))
  sockets[0].dispatchEvent(new Event('close'))
  await vi.advanceTimersByTimeAsync(0)
  expect(asked.mock.calls).toEqual([['/rpc', { method: 'HEAD' }]])
  expect([connection.value, closedBy.value]).toEqual(['lost', 'full'])
  await vi.advanceTimersByTimeAsync(1_000)
  sockets[1].dispatchEvent(new Event('open'))
  await connected
  expect([connection.value, closedBy.value]).toEqual(['open', undefined])
})

test('what was asked when the connection breaks off is told so, and not as a defect of the workbench', async () => {
  vi.resetModules()
  vi.stubGlobal('window', {})
  vi.stubGlobal('location', { href: 'http://127.0.0.1:1234/logs' })
  /** Who hears that it closes, in their order: a browser finishes what one of them has begun before it calls the next. */
  const closing: ((event: Event) => void)[] = []
  class AskedSocket extends EventTarget {
    readonly readyState = 1
    constructor() {
      super()
      setImmediate(() => this.dispatchEvent(new Event('open')))
    }
    send(): void {}
    override addEventListener(...[type, listener, options]: Parameters<EventTarget['addEventListener']>): void {
      if (type === 'close') closing.push(listener as (event: Event) => void)
      super.addEventListener(type, listener, options)
    }
  }
  vi.stubGlobal('WebSocket', AskedSocket)
  const { api, connect } = (await import(pageModule)) as {
    api: { doctor: { lastReport(input: object): Promise<unknown> } }
    connect(): Promise<void>
  }
  const { errorOf, isBrokenOff } = await import('../../src/renderer/connection.ts')
  await connect()
  const answer = api.doctor.lastReport({}).catch(errorOf)
  await new Promise(setImmediate)
  for (const hear of closing) {
    hear(new Event('close'))
    await new Promise(setImmediate)
  }
  const broken = { code: 'internal', message: phrase`The connection broke off.` } as const
  expect(await answer).toEqual(broken)
  // It is headed as what it is, and a defect as that.
  expect(isBrokenOff(broken)).toBe(true)
  expect(isBrokenOff({ code: 'internal', message: phrase`It broke.` })).toBe(false)
})
