import { afterEach, expect, test, vi } from 'vitest'

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
