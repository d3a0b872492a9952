import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { importFiles } from '../../src/main/ingest/import.ts'
import { logStatistics } from '../../src/main/ingest/log-statistics.ts'
import { previewImport } from '../../src/main/ingest/preview.ts'
import { listRejects } from '../../src/main/ingest/rejects.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Phrase, render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { makeReadOnly, mountSmallDisk, temporaryFolder } from '../support/folders.ts'
import { everything, fileWith, importFile, newWorkspace, storedEvents } from './support.ts'

const utf32 = (text: string) =>
  Buffer.concat([...text].map((letter) => Buffer.from([letter.charCodeAt(0) & 255, letter.charCodeAt(0) >> 8, 0, 0])))

const good = 'u,2024-01-01T10:00:00,walk\n'

describe('files that are no logs', () => {
  test.each([
    ['an empty file', '', 'is empty', 'Its first line must name the columns'],
    ['a header only', 'user,time,event\n', 'a header, but no rows', 'nothing to import'],
    ['blank lines only', '\n\n\n', 'has no header', 'name the columns'],
    [
      'no header',
      `${good}v,2024-01-02T10:00:00,eat\n`,
      'has no header: its first line holds the time "2024-01-01T10:00:00"',
      'Add a first line',
    ],
    [
      'a delimiter that we do not know',
      'user~time~event\nu~2024-01-01~walk\n',
      'has only one column: user~time~event',
      'separated by comma',
    ],
    ['two columns of one name', 'user,time,event,event\nu,2024-01-01,a,b\n', 'two columns named "event"', 'Rename'],
    ['no times in the time column', 'user,time,event\nu,tomorrow,walk\n', 'Column time of', '--time-column'],
    ['a JSON array', '[{"user":1}]', 'JSON array', 'One object per line', 'log.json'],
    ['JSON lines that are none', 'user,time\n', 'no JSON objects', 'Each line must be one object', 'log.jsonl'],
    [
      'bytes of a program',
      Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)),
      'a binary file',
      'Export it as CSV',
    ],
    [
      'a spreadsheet',
      Buffer.from('PK\x03\x04 and so on'),
      'a ZIP archive or a spreadsheet',
      'Export it as CSV',
      'log.xlsx',
    ],
    ['UTF-16', Buffer.from('\uFEFFuser,time,event\n', 'utf16le'), 'is UTF-16 text', 'iconv -f UTF-16 -t utf-8'],
    ['UTF-16 without a mark', Buffer.from('user,time,event\n', 'utf16le'), 'is UTF-16LE text', 'iconv -f UTF-16LE'],
    [
      'UTF-16 the other way',
      Buffer.from('user,time,event\n', 'utf16le').swap16(),
      'UTF-16BE text',
      'iconv -f UTF-16BE',
    ],
    ['UTF-32', utf32('\uFEFFuser,time,event\n'), 'is UTF-32 text', 'iconv -f UTF-32 -t utf-8'],
    ['UTF-32 without a mark', utf32('user,time,event\n'), 'is UTF-32LE text', 'iconv -f UTF-32LE'],
    ...['1700000000000000', '1700000000000000000'].map((time) => [
      `times of ${time.length} digits`,
      `user,time,event\n${`u,${time},walk\n`.repeat(3)}`,
      'holds no times',
      time.length === 16
        ? 'microseconds since 1970: divide them by 1000'
        : 'nanoseconds since 1970: divide them by 1000000',
    ]),
    ...['01/03/2025 08:00', '3/1/2025'].map((time) => [
      `times such as ${time}`,
      `user,time,event\n${`u,${time},walk\n`.repeat(3)}`,
      'Whether the day or the month is first in column time of',
      'Say which it is, under how times are written (--time-format day-first or month-first)',
    ]),
  ] as [string, string | Buffer, string, string, string?][])('%s', async (_what, content, message, hint, name) => {
    const workspace = newWorkspace()
    const before = everything(workspace)
    await expect(importFile(workspace, fileWith(content, name))).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    expect(everything(workspace)).toEqual(before)
  })

  test('a link that leads nowhere, or to itself, is told as such', async () => {
    const workspace = newWorkspace()
    const folder = temporaryFolder()
    const dangling = path.join(folder, 'dangling.csv')
    symlinkSync(path.join(folder, 'gone.csv'), dangling)
    const loop = path.join(folder, 'loop.csv')
    symlinkSync(loop, loop)
    await expect(importFile(workspace, dangling)).rejects.toMatchObject({
      code: 'not-found',
      message: `${dangling} is a link to a file that is not there.`,
    })
    await expect(importFile(workspace, loop)).rejects.toMatchObject({
      code: 'input',
      message: `${loop} is a link that leads back to itself.`,
    })
    await expect(importFile(workspace, path.join(fileWith('a'), 'below.csv'))).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('a file or folder that is not there', async () => {
    const workspace = newWorkspace()
    await expect(importFile(workspace, '/no/such/file.csv')).rejects.toMatchObject({ code: 'not-found' })
    await expect(importFile(workspace, temporaryFolder())).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('is not a file'),
    })
  })

  test('a file of rejects only', async () => {
    const workspace = newWorkspace()
    const before = everything(workspace)
    const failing = importFile(workspace, fileWith('user,time,event\n,2024-01-01,walk\n,2024-01-02,walk\n'))
    await expect(failing).rejects.toThrow(
      /All of the first 2 rows are unusable; nothing was imported\.\n.*log\.csv:2 user: empty/,
    )
    expect(everything(workspace)).toEqual(before)
  })
})

describe('rows that are not usable, among good ones', () => {
  test.each([
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('u,2024-01-01,'), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]),
      'event',
      'not valid UTF-8: convert the file, for example with iconv -f gb18030 -t utf-8 where it is Chinese, or -f latin1 where it is Western European',
    ],
    ['a NUL byte', 'u,2024-01-01,wa\0lk\n', 'event', 'holds a NUL byte'],
    ['a name of a thousand letters', `${'é'.repeat(1001)},2024-01-01,walk\n`, 'user', 'longer than 1000 characters'],
    ['the year 1', 'u,0001-01-01T00:00:00,walk\n', 'time', 'the year is outside 1900 to 2200'],
    ['the year 9999', 'u,9999-12-31T23:59:59,walk\n', 'time', 'the year is outside 1900 to 2200'],
    [
      'an hour that the clock skipped',
      'u,2024-03-31T02:30:00,walk\n',
      'time',
      'the clock of Europe/Berlin skipped this time',
    ],
  ])('%s', async (_what, row, field, reason) => {
    const workspace = newWorkspace()
    const file = fileWith(
      Buffer.concat([Buffer.from(`user,time,event\n${good}`), Buffer.from(row), Buffer.from('v,2024-01-01,walk\n')]),
    )
    expect(await importFile(workspace, file, { timeZone: 'Europe/Berlin' })).toMatchObject({
      rows: 3,
      events: 2,
      rejected: 1,
    })
    const rejects = listRejects(workspace, 'log')
    expect(rejects.map((reject) => ({ ...reject, reason: render(reject.reason) }))).toMatchObject([
      { line: 3, field, reason },
    ])
  })

  test('newlines in quotes are part of a name', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith('user,time,event\nu,2024-01-01,"walk\r\nhome"\nv,2024-01-01,eat\n'))
    expect(storedEvents(workspace)[0]).toBe('u 2024-01-01T00:00:00 walk\r\nhome')
  })
})

describe('apostrophes before what a spreadsheet takes for a formula', () => {
  const rows = `"'=user",time,event\n'-5,2024-01-01,''=x\nv,2024-01-01,'tis\n'+6,never,"'=y"\n`

  test('are the guards of an export in CSV: they are no part of names, which are shown beforehand as they are stored', async () => {
    const workspace = newWorkspace()
    const file = fileWith(rows)
    const mapping = { user: '=user' }
    const preview = await previewImport({ files: [file], mapping })
    expect(preview).toMatchObject({ columns: ['=user', 'time', 'event'], problems: [{ raw: `'+6,never,"'=y"` }] })
    expect(preview.firstRows.map(({ user, event }) => [user, event])).toEqual([
      ['-5', "'=x"],
      ['v', "'tis"],
    ])
    await importFile(workspace, file, { mapping })
    expect(storedEvents(workspace)).toEqual(["-5 2024-01-01T00:00:00 '=x", "v 2024-01-01T00:00:00 'tis"])
    expect(listRejects(workspace, 'log')).toMatchObject([{ line: 4, raw: `'+6,never,"'=y"` }])
  })

  test('are part of names in JSON lines', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(`{"user":"'-5","time":"2024-01-01","event":"'=x"}\n`, 'log.jsonl'))
    expect(storedEvents(workspace)).toEqual(["'-5 2024-01-01T00:00:00 '=x"])
  })
})

describe('lopsided logs', () => {
  test('one user, one behaviour', async () => {
    const workspace = newWorkspace()
    const rows = Array.from({ length: 50 }, (_, index) => `u,${1_700_000_000 + index},walk\n`).join('')
    await importFile(workspace, fileWith(`user,time,event\n${rows}`))
    expect(logStatistics(workspace)).toMatchObject({ users: 1, behaviours: 1, events: 50, gini: 0, topFifthShare: 1 })
  })

  test('50,000 behaviours, users with one event', async () => {
    const workspace = newWorkspace()
    const rows = Array.from({ length: 50_000 }, (_, index) => `u${index},${1_700_000_000 + index},b${index}\n`).join('')
    await importFile(workspace, fileWith(`user,time,event\n${rows}`))
    const statistics = logStatistics(workspace)
    expect(statistics).toMatchObject({
      users: 50_000,
      behaviours: 50_000,
      events: 50_000,
      eventsPerUser: { minimum: 1, median: 1, maximum: 1 },
    })
    expect(statistics.topFifthShare).toBeCloseTo(0.2)
  })
})

/** Writes a file until nothing more fits. */
function fillDisk(file: string): void {
  const handle = openSync(file, 'w')
  try {
    for (let size = 1 << 20; size >= 4096; ) {
      try {
        if (writeSync(handle, Buffer.alloc(size)) < size) size /= 2
      } catch {
        size /= 2
      }
    }
  } finally {
    closeSync(handle)
  }
}

/** Imports in a process of its own and tells the most memory that it took, in MiB. */
function importApart(file: string): { result: string; peak: number } {
  const code = `
    import { openWorkspace } from ${JSON.stringify(path.resolve('src/main/storage/workspace.ts'))}
    import { importFiles } from ${JSON.stringify(path.resolve('src/main/ingest/import.ts'))}
    import { silentContext } from ${JSON.stringify(path.resolve('src/shared/progress.ts'))}
    using workspace = openWorkspace(${JSON.stringify(temporaryFolder())}, { mode: 'write', create: true })
    let result
    try { result = (await importFiles(workspace, { files: [${JSON.stringify(file)}], format: 'csv' }, silentContext)).rejected }
    catch (error) { result = error.message }
    console.log(JSON.stringify({ result: String(result), peak: process.resourceUsage().maxRSS / 1024 }))`
  return JSON.parse(spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stdout)
}

describe('a single line of a gigabyte', () => {
  // Compressed: a gigabyte of one letter is a megabyte on the disk, and comes out as fast as it can be scanned.
  const letters = gzipSync(Buffer.alloc(1 << 26, 'x'), { level: 1 })

  test('in front, it is no table; memory stays bounded', () => {
    const { result, peak } = importApart(fileWith(Buffer.concat(Array(16).fill(letters)), 'log.csv.gz'))
    expect(result).toContain('is longer than 1048576 bytes')
    expect(peak).toBeLessThan(400)
  })

  test('among good rows, it is one reject; memory stays bounded', () => {
    const pieces = [
      gzipSync(`user,time,event\n${good}`),
      ...Array(16).fill(letters),
      gzipSync(`\n${good.replace('u', 'v')}`),
    ]
    const { result, peak } = importApart(fileWith(Buffer.concat(pieces), 'log.csv.gz'))
    expect(result).toBe('1')
    expect(peak).toBeLessThan(400)
  })
})

describe('disks', () => {
  const manyRows = `user,time,event\n${Array.from({ length: 150_000 }, (_, index) => `u${index % 999},${1_700_000_000 + index},b${index % 99}\n`).join('')}`

  test('a disk that is too small is told before anything is stored', async (context) => {
    const folder = temporaryFolder()
    if (!mountSmallDisk(folder, 5 * 1024)) return context.skip()
    const workspace = newWorkspace(folder)
    await importFile(workspace, fileWith(`user,time,event\n${good}`, 'first.csv'))
    const before = everything(workspace)
    await expect(importFile(workspace, fileWith(manyRows, 'second.csv'))).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/disk is full: storing 150000 rows takes about 6 MB/),
    })
    expect(everything(workspace)).toEqual(before)
  })

  test('a disk that fills up meanwhile stops the import; with space again, the workspace is as before', async (context) => {
    const folder = temporaryFolder()
    if (!mountSmallDisk(folder, 16 * 1024)) return context.skip()
    const workspace = newWorkspace(folder)
    await importFile(workspace, fileWith(`user,time,event\n${good}`, 'first.csv'))
    const before = everything(workspace)
    const other = path.join(folder, 'other')
    const report = ({ stage }: { stage: Phrase }) => {
      if (stage.template === 'storing' && !existsSync(other)) fillDisk(other)
    }
    const failing = importFiles(workspace, { files: [fileWith(manyRows, 'second.csv')] }, { ...silentContext, report })
    await expect(failing).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('full') })
    workspace.close()
    rmSync(other)
    using again = openWorkspace(folder, { mode: 'write' })
    expect(everything(again)).toEqual(before)
  })

  test('a read-only workspace refuses an import and still shows its logs', async (context) => {
    const folder = temporaryFolder()
    const workspace = newWorkspace(folder)
    await importFile(workspace, fileWith(`user,time,event\n${good}`))
    workspace.close()
    if (makeReadOnly(folder) === undefined) return context.skip()
    expect(() => openWorkspace(folder, { mode: 'write' })).toThrow(expect.objectContaining({ code: 'storage' }))
    using reader = openWorkspace(folder, { mode: 'read' })
    expect(storedEvents(reader)).toEqual(['u 2024-01-01T10:00:00 walk'])
    expect(logStatistics(reader).events).toBe(1)
  })

  test('a file that goes away while it is read', async () => {
    const workspace = newWorkspace()
    const file = fileWith(`user,time,event\n${good.repeat(100)}`)
    const report = ({ stage }: { stage: Phrase }) => {
      if (stage.template.startsWith('reading')) rmSync(file, { force: true })
    }
    await expect(importFiles(workspace, { files: [file] }, { ...silentContext, report })).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('changed while it was being read'),
    })
  })
})
