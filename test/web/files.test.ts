import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findJob, finishJob, insertJob } from '../../src/main/storage/jobs.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { startWebHost } from '../../src/main/web/host.ts'
import { webOptions } from '../../src/main/web/options.ts'
import { render } from '../../src/shared/phrase.ts'
import { mountSmallDisk, temporaryFolder } from '../support/folders.ts'
import { connect, startHost, until } from './web-host.ts'

const aPhrase = { template: expect.stringMatching(/\S/), values: expect.any(Array) }

const log = 'user,time,event\n1,2025-01-01T00:00:00Z,a\n1,2025-01-02T00:00:00Z,b\n'

describe('an upload', () => {
  test('becomes a file that the page may import, and goes once it is imported', async () => {
    const started = await startHost()
    const { status, text } = await started.askIn('/upload/my%20log.csv', { method: 'PUT', body: log })
    expect(status).toBe(200)
    const chosen = JSON.parse(text)
    expect(chosen).toEqual({ path: expect.stringMatching(/my log\.csv$/), name: 'my log.csv', bytes: log.length })
    expect(path.relative(started.workspace, chosen.path)).toMatch(/^temporary\/uploads\/[0-9a-f]{24}\/my log\.csv$/)
    expect(readFileSync(chosen.path, 'utf8')).toBe(log)
    const api = connect(started).api
    const { id } = await api.logs.importLog({ files: [chosen.path], source: 'mine' })
    await until(async () => (await api.jobs.show({ id })).state === 'done')
    await until(() => started.uploads().length === 0)
    await expect(api.logs.importLog({ files: [chosen.path] })).rejects.toMatchObject({ data: { code: 'usage' } })
  })

  test('of which an import failed stays, so that it can be tried again', async () => {
    const started = await startHost()
    const { text } = await started.askIn('/upload/wrong.csv', { method: 'PUT', body: 'no,such\n1,2\n' })
    const api = connect(started).api
    const { id } = await api.logs.importLog({ files: [JSON.parse(text).path], source: 'wrong' })
    await until(async () => (await api.jobs.show({ id })).state === 'failed')
    // Once another upload is gone that was imported after it, it would be gone as well.
    const right = JSON.parse((await started.askIn('/upload/right.csv', { method: 'PUT', body: log })).text).path
    await api.logs.importLog({ files: [right], source: 'right' })
    await until(() => !started.uploads().includes(right))
    expect(started.uploads()).toEqual([JSON.parse(text).path])
    await expect(api.logs.importLog({ files: [JSON.parse(text).path], source: 'again' })).resolves.toBeDefined()
  })

  test('goes when the host ends', async () => {
    const { host, askIn, uploads } = await startHost()
    await askIn('/upload/a.csv', { method: 'POST', body: log })
    expect(uploads()).toHaveLength(1)
    await host.close()
    expect(uploads()).toEqual([])
  })

  test('that an import in the queue names outlives the host, and goes once it is imported', async () => {
    const started = await startHost()
    const { text } = await started.askIn('/upload/waits.csv', { method: 'PUT', body: log })
    await started.askIn('/upload/other.csv', { method: 'PUT', body: log })
    // Another import keeps the lane busy.
    using workspace = openWorkspace(started.workspace, { mode: 'write' })
    const before = insertJob(workspace.database, 'import', { files: [] }, 'running')
    const { id } = await connect(started).api.logs.importLog({ files: [JSON.parse(text).path], source: 'waits' })
    expect(findJob(workspace.database, id).state).toBe('queued')
    await started.host.close()
    expect(started.uploads()).toEqual([JSON.parse(text).path])
    finishJob(workspace.database, before, 'done')
    const page = path.join(path.dirname(started.workspace), 'page')
    const next = await startWebHost(started.workspace, webOptions.parse({ page }))
    onTestFinished(() => next.close())
    await until(() => findJob(workspace.database, id).state === 'done')
    await until(() => started.uploads().length === 0)
  })

  test('that an import still reads, whose host was killed, is left alone by the next host', async () => {
    const { workspace, host, uploads } = await startHost()
    await host.close()
    const files = ['read', 'left'].map((folder) => path.join(workspace, 'temporary/uploads', folder, 'a.csv'))
    for (const file of files) {
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, log)
    }
    using opened = openWorkspace(workspace, { mode: 'write' })
    insertJob(opened.database, 'import', { files: [files[0]] }, 'running')
    const page = path.join(path.dirname(workspace), 'page')
    const next = await startWebHost(workspace, webOptions.parse({ page }))
    onTestFinished(() => next.close())
    expect(uploads()).toEqual([files[0]])
  })

  test('that is broken off leaves nothing', async () => {
    const { askIn, uploads } = await startHost()
    const controller = new AbortController()
    const body = new Readable({ read() {} })
    body.push('user,time,event\n')
    const asked = askIn('/upload/a.csv', { method: 'PUT', body, signal: controller.signal })
    await until(() => uploads().length === 1)
    controller.abort()
    await expect(asked).rejects.toThrow()
    await until(() => uploads().length === 0)
  })

  test.each([
    ['without a cookie', { cookie: '' }],
    ['from another origin', { origin: 'http://evil.example' }],
    ['without an origin', { origin: '' }],
    ['under a foreign name', { host: 'evil.example' }],
  ])('%s is refused and leaves nothing', async (_what, headers) => {
    const { askIn, uploads } = await startHost()
    const { status } = await askIn('/upload/a.csv', { method: 'PUT', body: log, headers })
    expect([403, 421]).toContain(status)
    expect(uploads()).toEqual([])
  })

  test.each(['', '..', '%2e%2e%2fworkbench.db', '..%5ca.csv', 'a/b.csv', 'a%00.csv', '%'])(
    'named %j is refused with code, message and hint',
    async (name) => {
      const { askIn, uploads } = await startHost()
      const { status, text } = await askIn(`/upload/${name}`, { method: 'PUT', body: log })
      // The URL parser takes `..` for the folder above, where nothing can be put.
      if (status !== 405) expect(JSON.parse(text)).toMatchObject({ code: 'usage', message: aPhrase, hint: aPhrase })
      expect([400, 405]).toContain(status)
      expect(uploads()).toEqual([])
    },
  )

  test('keeps the ending of a name that the file system cannot have', async () => {
    const { askIn } = await startHost()
    const name = `${'长'.repeat(300)}: "log".csv.gz`
    const { text } = await askIn(`/upload/${encodeURIComponent(name)}`, { method: 'PUT', body: 'x' })
    expect(JSON.parse(text)).toMatchObject({ name, path: expect.stringMatching(/_log_\.csv\.gz$/) })
  })

  test('for which the disk has no room is refused before it comes', async () => {
    const { askIn, uploads } = await startHost()
    const headers = { 'content-length': String(2 ** 50) }
    const body = new Readable({ read() {} })
    body.push(log)
    const { status, text } = await askIn('/upload/huge.csv', {
      method: 'PUT',
      headers,
      body,
    })
    expect(status).toBe(507)
    expect(render(JSON.parse(text).message)).toContain('disk is full')
    expect(uploads()).toEqual([])
  })

  test('that fills the disk leaves nothing', async () => {
    const started = await startHost()
    const folder = path.join(started.workspace, 'temporary/uploads')
    mkdirSync(folder, { recursive: true })
    if (!mountSmallDisk(folder, 64)) return
    const body = Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536)))
    const { status } = await started.askIn('/upload/a.csv', { method: 'PUT', body })
    expect(status).toBe(507)
    expect(started.uploads()).toEqual([])
  })

  test('of 300 MB takes constant memory', async () => {
    const { askIn } = await startHost()
    const file = path.join(temporaryFolder(), 'large.csv')
    writeFileSync(file, Buffer.alloc(300_000_000, 'a,b,c\n'))
    let peak = 0
    const before = process.memoryUsage().rss
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 20)
    const { text } = await askIn('/upload/large.csv', {
      method: 'PUT',
      headers: { 'content-length': '300000000' },
      body: createReadStream(file),
    })
    clearInterval(timer)
    expect(JSON.parse(text).bytes).toBe(300_000_000)
    // Sender and receiver are one process here.
    expect((peak - before) / 1e6, 'megabytes').toBeLessThan(150)
  })

  test('of a host that crashed is taken away by the next one', async () => {
    const { workspace, host, uploads } = await startHost()
    await host.close()
    mkdirSync(path.join(workspace, 'temporary/uploads/left'), { recursive: true })
    writeFileSync(path.join(workspace, 'temporary/uploads/left/a.csv'), log)
    const page = path.join(path.dirname(workspace), 'page')
    const next = await startWebHost(workspace, webOptions.parse({ page }))
    onTestFinished(() => next.close())
    expect(uploads()).toEqual([])
  })
})

describe('a download', () => {
  async function withExports() {
    const started = await startHost()
    const folder = path.join(started.workspace, 'exports')
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'scores é.csv'), 'a,b\n')
    symlinkSync(path.join(started.workspace, 'workbench.db'), path.join(folder, 'link.csv'))
    return started
  }

  test('is an attachment that no browser shows', async () => {
    const { askIn } = await withExports()
    const { status, headers, text } = await askIn(`/exports/${encodeURIComponent('scores é.csv')}`)
    expect({ status, text }).toEqual({ status: 200, text: 'a,b\n' })
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''scores%20%C3%A9.csv",
    })
  })

  test('that is given up leaves no file open', async () => {
    const started = await withExports()
    const file = path.join(started.workspace, 'exports/large.csv')
    writeFileSync(file, Buffer.alloc(64_000_000))
    const openFiles = () =>
      readdirSync('/proc/self/fd').filter((descriptor) => {
        try {
          return readlinkSync(`/proc/self/fd/${descriptor}`) === file
        } catch {
          return false
        }
      })
    if (process.platform !== 'linux') return
    const controller = new AbortController()
    const { body } = await fetch(`${started.origin}/exports/large.csv`, {
      headers: { cookie: started.cookie },
      signal: controller.signal,
    })
    await body!.getReader().read()
    expect(openFiles()).toHaveLength(1)
    controller.abort()
    await until(() => openFiles().length === 0)
  })

  test.each(['..%2fworkbench.db', '%2fetc%2fpasswd', '..%5cworkbench.db', 'link.csv', 'none.csv', '.hidden', ''])(
    '%j is nothing that was exported',
    async (name) => {
      const { askIn } = await withExports()
      const { status, text } = await askIn(`/exports/${name}`)
      expect([400, 404]).toContain(status)
      expect(JSON.parse(text)).toMatchObject({
        code: expect.stringMatching(/usage|not-found/),
        message: aPhrase,
        hint: aPhrase,
      })
    },
  )

  test('needs the cookie', async () => {
    const { ask } = await withExports()
    expect((await ask('/exports/none.csv')).status).toBe(403)
  })
})

test('a page names no file that a person did not choose', async () => {
  const started = await startHost()
  const file = path.join(temporaryFolder(), 'private.csv')
  writeFileSync(file, log)
  const api = connect(started).api
  for (const named of [file, '/etc/passwd', path.join(started.workspace, 'workbench.db')])
    await expect(api.logs.preview({ files: [named] })).rejects.toMatchObject({ data: { code: 'usage' } })
  await expect(api.files.browse({})).rejects.toMatchObject({ data: { code: 'usage' } })
})

test('an allowed folder can be read, and nothing outside it', async () => {
  const folder = temporaryFolder()
  mkdirSync(path.join(folder, 'allowed/inside'), { recursive: true })
  writeFileSync(path.join(folder, 'allowed/log.csv'), log)
  writeFileSync(path.join(folder, 'outside.csv'), log)
  symlinkSync(path.join(folder, 'outside.csv'), path.join(folder, 'allowed/link.csv'))
  const started = await startHost({ allowFolder: path.join(folder, 'allowed') })
  const api = connect(started).api
  const { entries } = await api.files.browse({})
  expect(entries.map(({ name }) => name)).toEqual(['inside', 'log.csv'])
  await expect(api.logs.preview({ files: [path.join(folder, 'allowed/log.csv')] })).resolves.toBeDefined()
  for (const file of ['outside.csv', 'allowed/link.csv', 'allowed/../outside.csv'])
    await expect(api.logs.preview({ files: [`${folder}/${file}`] })).rejects.toMatchObject({ data: { code: 'usage' } })
  await expect(api.files.browse({ folder })).rejects.toMatchObject({ data: { code: 'usage' } })
  expect(statSync(path.join(folder, 'outside.csv')).size).toBe(log.length)
})
