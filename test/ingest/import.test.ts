import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importFiles } from '../../src/main/ingest/import.ts'
import { previewImport } from '../../src/main/ingest/preview.ts'
import { listRejects } from '../../src/main/ingest/rejects.ts'
import { exportRejects } from '../../src/main/ingest/rejects-file.ts'
import { removeSource } from '../../src/main/ingest/removal.ts'
import { readySources } from '../../src/main/storage/sources.ts'
import { openWorkspace, type ReadWorkspace } from '../../src/main/storage/workspace.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import { type Phrase, phrase, render } from '../../src/shared/phrase.ts'
import { type Progress, silentContext } from '../../src/shared/progress.ts'
import { temporaryFolder } from '../support/folders.ts'
import { everything, fileWith, importFile, newWorkspace, storedEvents } from './support.ts'

const header = 'user_id,timestamp,event,location\n'

describe('what becomes of a row', () => {
  test('an event, in the order of user and time', async () => {
    const workspace = newWorkspace()
    const source = await importFile(
      workspace,
      fileWith(
        `${header}b,2024-01-02T10:00:00,walk,park\nb,2024-01-01T10:00:00,eat,\na,2024-01-03,"sleep, deeply",home\n`,
      ),
    )
    expect(source).toMatchObject({
      name: 'log',
      rows: 3,
      events: 3,
      duplicates: 0,
      rejected: 0,
      format: 'csv',
      timeFormat: 'iso',
    })
    expect(storedEvents(workspace)).toEqual([
      'b 2024-01-01T10:00:00 eat',
      'b 2024-01-02T10:00:00 walk park',
      'a 2024-01-03T00:00:00 sleep, deeply home',
    ])
  })

  test('a duplicate is counted and kept once; ties keep the order of the file', async () => {
    const workspace = newWorkspace()
    const rows = ['z,here', 'a,here', 'z,here', 'z,there', 'a,here', 'm,']
    const source = await importFile(
      workspace,
      fileWith(header + rows.map((row) => `u,2024-01-01T10:00:00,${row}\n`).join('')),
    )
    expect(source).toMatchObject({ rows: 6, events: 4, duplicates: 2 })
    expect(storedEvents(workspace).map((event) => event.slice(22))).toEqual(['z here', 'a here', 'z there', 'm'])
  })

  test('many ties at one instant', async () => {
    const workspace = newWorkspace()
    const rows = Array.from({ length: 500 }, (_, index) => `u,2024-01-01,b${(index * 7) % 400}\n`).join('')
    const source = await importFile(workspace, fileWith(`user,time,event\n${rows}`))
    expect(source).toMatchObject({ rows: 500, events: 400, duplicates: 100 })
    expect(storedEvents(workspace).map((event) => event.slice(22))).toEqual(
      Array.from({ length: 400 }, (_, index) => `b${(index * 7) % 400}`),
    )
  })

  test('a reject, with file, line, field, reason and text', async () => {
    const workspace = newWorkspace()
    const file = fileWith(
      `${header}u,2024-01-01,walk,park\n,2024-01-01,walk,park\nu,soon,walk,park\nu,2024-01-01, ,park\nu,2024-01-01\n"u,2024-01-02,eat,x\nv,2024-01-02,eat,\n`,
    )
    const source = await importFile(workspace, file)
    expect(source).toMatchObject({ rows: 7, events: 2, rejected: 5 })
    const rejects = listRejects(workspace, 'log')
    expect(rejects.map(({ line, field, reason, raw }) => [line, field, render(reason), raw])).toEqual([
      [3, 'user_id', 'empty', ',2024-01-01,walk,park'],
      [4, 'timestamp', 'not a time such as 2024-05-31T18:30:00', 'u,soon,walk,park'],
      [5, 'event', 'empty', 'u,2024-01-01, ,park'],
      [6, '', '2 fields where the header has 4', 'u,2024-01-01'],
      [7, '', 'a quoted field is never closed', '"u,2024-01-02,eat,x'],
    ])
    expect(rejects[0].file).toBe(file)
    expect(listRejects(workspace, 'log', { limit: 2 })).toHaveLength(2)
  })

  test('dates whose order is said are read in it, those that are unambiguous without a word', async () => {
    const slashes = fileWith('user,time,event\nu,01/02/2024 18:30,walk\nu,3/2/2024 7:05,eat\n', 'slashes.csv')
    const workspace = newWorkspace()
    await importFile(workspace, slashes, { timeFormat: 'day-first' })
    expect(storedEvents(workspace)).toEqual(['u 2024-02-01T18:30:00 walk', 'u 2024-02-03T07:05:00 eat'])
    const dots = newWorkspace()
    const source = await importFile(dots, fileWith('user,time,event\nu,31.12.2024 18:30,walk\n'))
    expect(source.timeFormat).toBe('day-first')
    expect(storedEvents(dots)).toEqual(['u 2024-12-31T18:30:00 walk'])
  })

  test('rejects can be exported as a table', async () => {
    const workspace = newWorkspace()
    const file = fileWith('user,time,event\n"a ""b""",never,walk\nu,2024-01-01,eat\n')
    await importFile(workspace, file)
    const exported = path.join(temporaryFolder(), 'rejects.csv')
    expect(await exportRejects(workspace, 'log', exported)).toBe(1)
    expect(readFileSync(exported, 'utf8')).toBe(
      `file,line,field,reason,raw\n${file},2,time,not a time such as 2024-05-31T18:30:00,"""a """"b"""""",never,walk"\n`,
    )
  })

  test('in which an uploaded file has the name that the person knows, not the place where it was kept meanwhile', async () => {
    const workspace = newWorkspace()
    const folder = path.join(temporaryFolder(), 'temporary/uploads/25d4')
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, 'nyc bad.csv')
    writeFileSync(file, 'user,time,event\nu,never,walk\nu,2024-01-01,eat\n')
    await importFile(workspace, file)
    const exported = path.join(temporaryFolder(), 'rejects.csv')
    await exportRejects(workspace, path.basename(file, '.csv'), exported)
    expect(readFileSync(exported, 'utf8').split('\n')[1]).toMatch(/^nyc bad\.csv,2,/)
  })

  test('and as Parquet, where no text is changed', async () => {
    const workspace = newWorkspace()
    const file = fileWith('user,time,event\n=1+1,never,walk\nu,2024-01-01,eat\n')
    await importFile(workspace, file)
    const exported = path.join(temporaryFolder(), 'rejects.parquet')
    expect(await exportRejects(workspace, 'log', exported)).toBe(1)
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const rows = await connection.runAndReadAll(`SELECT * FROM '${exported}'`)
    expect(rows.getRowObjects()).toEqual([
      { file, line: 2, field: 'time', reason: 'not a time such as 2024-05-31T18:30:00', raw: '=1+1,never,walk' },
    ])
    connection.closeSync()
  })

  test('an exported table runs nothing in a spreadsheet', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith('user,time,event\n=HYPERLINK(1),never,walk\nu,2024-01-01,eat\n'))
    const exported = path.join(temporaryFolder(), 'rejects.csv')
    await exportRejects(workspace, 'log', exported)
    expect(readFileSync(exported, 'utf8')).toContain(`,"'=HYPERLINK(1),never,walk"\n`)
  })

  test('names of a rejected row leave no entry in the dictionaries', async () => {
    const workspace = newWorkspace()
    await importFile(
      workspace,
      fileWith(
        `${header}u,2024-01-01,walk,park\nghost,2024-01-01,,park\nghost2,2024-01-01,ghost3,${'x'.repeat(1001)}\n`,
      ),
    )
    const names = workspace.database
      .query<{ name: string }>('SELECT name FROM users UNION ALL SELECT name FROM behaviours')
      .all()
    expect(names.map(({ name }) => name)).toEqual(['u', 'walk'])
  })

  test('no row is lost: rows are events, duplicates or rejects, as a naive reading says', async () => {
    const user = fc.constantFrom('u', 'v', '', 'w')
    const time = fc.constantFrom('2024-01-01T10:00:00', '2024-01-02T10:00:00', 'never')
    const behaviour = fc.constantFrom('a', 'b', ' ')
    const rows = fc.sample(fc.tuple(user, time, behaviour), 300)
    const workspace = newWorkspace()
    const source = await importFile(
      workspace,
      fileWith(`user,time,event\n${rows.map((row) => `${row.join(',')}\n`).join('')}`),
    )
    const good = rows
      .filter(([name, at, what]) => name !== '' && at !== 'never' && what !== ' ')
      .map((row) => row.join(' '))
    expect(source).toMatchObject({
      rows: 300,
      rejected: 300 - good.length,
      events: new Set(good).size,
      duplicates: good.length - new Set(good).size,
    })
    expect(new Set(storedEvents(workspace))).toEqual(new Set(good))
  })
})

describe('sources', () => {
  test('the same content is refused, whatever its name, and says where it is', async () => {
    const workspace = newWorkspace()
    const content = `${header}u,2024-01-01,walk,park\n`
    await importFile(workspace, fileWith(content, 'first.csv'))
    const before = everything(workspace)
    await expect(importFile(workspace, fileWith(content, 'second.csv'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('source first'),
      hint: expect.stringContaining('sources remove first'),
    })
    expect(everything(workspace)).toEqual(before)
  })

  const compressions: [string, (content: string) => Buffer][] = [
    ['gz', gzipSync],
    ['zst', zstdCompressSync],
  ]
  test.each(compressions)(
    'the same content is known again when it comes compressed (%s), and the other way round',
    async (ending, compress) => {
      const content = `${header}u,2024-01-01,walk,park\n`
      const plain = fileWith(content, 'first.csv')
      const compressed = fileWith(compress(content), `second.csv.${ending}`)
      const known = { code: 'conflict', message: expect.stringContaining('is imported already') }

      const one = newWorkspace()
      await importFile(one, plain)
      await expect(importFile(one, compressed)).rejects.toMatchObject(known)
      const other = newWorkspace()
      const source = await importFile(other, compressed)
      await expect(importFile(other, plain)).rejects.toMatchObject(known)
      // The file is still told by its own hash, as other programs compute it.
      const hash = createHash('sha256').update(readFileSync(compressed)).digest('hex')
      expect(source.files).toEqual([{ path: compressed, sha256: hash, size: statSync(compressed).size }])
      await expect(importFiles(newWorkspace(), { files: [plain, compressed] }, silentContext)).rejects.toMatchObject({
        message: expect.stringContaining('have the same content'),
      })
    },
  )

  test('a file that was imported before contents were hashed is known by its own hash', async () => {
    const content = `${header}u,2024-01-01,walk,park\n`
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(content, 'first.csv'))
    workspace.database.change('UPDATE source_files SET content_sha256 = NULL, content_size = NULL').run()
    for (const [ending, compress] of compressions) {
      const again = fileWith(compress(content), `again.csv.${ending}`)
      await expect(importFile(workspace, again)).rejects.toMatchObject({ code: 'conflict' })
    }
  })

  test('a name that is taken is refused', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(`${header}u,2024-01-01,walk,park\n`))
    await expect(importFile(workspace, fileWith(`${header}u,2024-01-02,walk,park\n`))).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('several files are one source', async () => {
    const workspace = newWorkspace()
    const files = [
      fileWith('user,time,event\nu,2024-01-02,b\n', 'a.csv'),
      fileWith('time;event;user\n2024-01-01;a;u\n', 'b.csv'),
    ]
    const source = await importFiles(workspace, { files, source: 'both' }, silentContext)
    expect(source.files.map(({ path: file }) => file)).toEqual(files)
    expect(storedEvents(workspace).map((event) => event.slice(-1))).toEqual(['a', 'b'])
  })

  test('names are shared between sources, and events of one user interleave', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith('user,time,event\nu,2024-01-03,b\nv,2024-01-01,a\n', 'a.csv'))
    await importFile(workspace, fileWith('user,time,event\nw,2024-01-01,c\nu,2024-01-02,a\n', 'b.csv'))
    expect(storedEvents(workspace).map((event) => `${event[0]}${event.slice(-1)}`)).toEqual(['ua', 'ub', 'va', 'wc'])
  })

  test('removing one takes its events, rejects and own names, and leaves the other as if it had been alone', async () => {
    const first = fileWith(`${header}u,2024-01-01,walk,park\nv,2024-01-01,eat,\n`, 'first.csv')
    const second = fileWith(
      `${header}u,2024-01-01,walk,beach\nw,2024-01-05,swim,beach\nw,never,swim,beach\n`,
      'second.csv',
    )
    const alone = newWorkspace()
    await importFile(alone, first)
    const workspace = newWorkspace()
    await importFile(workspace, first)
    await importFile(workspace, second)
    const removed = await removeSource(workspace, 'second', silentContext)
    expect(removed).toMatchObject({ events: 2, rejected: 1 })
    const rest = everything(workspace)
    const created = (rows: unknown[]) => rows.map((row) => ({ ...(row as object), created_at: '' }))
    expect({ ...rest, sources: created(rest.sources) }).toEqual({
      ...everything(alone),
      sources: created(everything(alone).sources),
    })
    expect((await importFile(workspace, second)).events).toBe(2)
  })

  test('removing the last one empties the workspace', async () => {
    const workspace = newWorkspace()
    const empty = everything(workspace)
    await importFile(workspace, fileWith(`${header}u,2024-01-01,walk,park\nu,never,walk,park\n`))
    await removeSource(workspace, '1', silentContext)
    expect(everything(workspace)).toEqual(empty)
    await expect(removeSource(workspace, 'log', silentContext)).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('a source whose events cannot be taken away for want of space is removed nevertheless, says so, and is taken away later', async () => {
  const folder = temporaryFolder()
  const workspace = newWorkspace(folder)
  const empty = everything(workspace)
  await importFile(workspace, fileWith(`${header}u,2024-01-01,walk,park\n`))
  const full = () => {
    throw new WorkbenchError('storage', phrase`The disk is full: ${phrase`writing the workspace`} failed.`)
  }
  const database = new Proxy(workspace.database, {
    get(real, key) {
      const value = Reflect.get(real, key)
      if (key === 'execute') return full
      return typeof value === 'function' ? value.bind(real) : value
    },
  })
  const warnings: string[] = []
  const context = { ...silentContext, warn: (warning: Phrase) => warnings.push(render(warning)) }
  expect(await removeSource({ ...workspace, database }, 'log', context)).toMatchObject({ name: 'log', events: 1 })
  expect(warnings).toEqual([expect.stringMatching(/^The source log is removed, but .*The disk is full/)])
  expect(readySources(workspace.database)).toEqual([])
  expect(everything(workspace).events).toHaveLength(1)

  openWorkspace(folder, { mode: 'write' }).close()
  expect(everything(workspace)).toEqual(empty)
})

describe('a preview says what the workspace would refuse', () => {
  const rows = `${header}u,2024-01-01,walk,park\n`
  const previewIn = (workspace: ReadWorkspace, files: string[], source?: string) =>
    previewImport({ files, source }, { look: (work) => work(workspace.database) })

  test('content that is imported already, under whatever name', async () => {
    const workspace = newWorkspace()
    const copy = fileWith(rows, 'copy.csv')
    expect(await previewIn(workspace, [copy])).toMatchObject({ refusal: null, isNameTaken: false })
    await importFile(workspace, fileWith(rows), { source: 'phones' })
    const { refusal } = await previewIn(workspace, [copy])
    expect(refusal).toMatchObject({ code: 'conflict' })
    expect(render(refusal!.message)).toContain('copy.csv is imported already: source phones')
    for (const [ending, compress] of [
      ['gz', gzipSync],
      ['zst', zstdCompressSync],
    ] as const) {
      const compressed = await previewIn(workspace, [fileWith(compress(rows), `copy.csv.${ending}`)])
      expect(compressed.refusal, ending).toMatchObject({ code: 'conflict' })
    }
    // Of the same size, but another.
    expect(await previewIn(workspace, [fileWith(rows.replace('park', 'home'))])).toMatchObject({ refusal: null })
  })

  test('a file that is given twice, also without a workspace', async () => {
    const files = [fileWith(rows), fileWith(rows, 'copy.csv')]
    const { refusal } = await previewImport({ files })
    expect(render(refusal!.message)).toContain('have the same content')
  })

  test('a name that is taken', async () => {
    const workspace = newWorkspace()
    await importFile(workspace, fileWith(rows), { source: 'phones' })
    const other = fileWith(rows.replace('park', 'home'))
    expect(await previewIn(workspace, [other], 'phones')).toMatchObject({ isNameTaken: true })
  })
})

describe('stopping', () => {
  test('too many rejects stop the import, show the first and leave nothing', async () => {
    const workspace = newWorkspace()
    const before = everything(workspace)
    const rows = 'u,2024-01-01,walk,park\n'.repeat(10) + 'u,lunch time,walk,park\n'.repeat(50)
    await expect(importFile(workspace, fileWith(header + rows), { maximumRejects: 20 })).rejects.toMatchObject({
      code: 'input',
      message: expect.stringMatching(
        /--max-rejects.*21 of the first 31 rows.*\n.*log\.csv:12 timestamp: not a time.*u,lunch time,walk,park/,
      ),
    })
    expect(everything(workspace)).toEqual(before)
  })

  test('cancelling while reading, sorting or storing leaves nothing', async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, index) => `u${index % 300},${1_700_000_000 + index},b${index % 40},\n`,
    ).join('')
    const file = fileWith(header + rows)
    for (const stage of ['checking', 'reading', 'sorting', 'storing']) {
      const workspace = newWorkspace()
      const before = everything(workspace)
      const controller = new AbortController()
      const report = (progress: Progress) => {
        if (progress.stage.template.startsWith(stage)) controller.abort()
      }
      const context = { ...silentContext, report, signal: controller.signal }
      await expect(importFiles(workspace, { files: [file] }, context), stage).rejects.toMatchObject({
        code: 'cancelled',
      })
      expect(everything(workspace), stage).toEqual(before)
      expect(readySources(workspace.database)).toEqual([])
    }
  })

  test('progress counts rows, with rate and time left, up to the end', async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, index) => `u${index % 300},${1_700_000_000 + index},b${index % 40},\n`,
    ).join('')
    const seen: Progress[] = []
    await importFiles(
      newWorkspace(),
      { files: [fileWith(header + rows)] },
      { ...silentContext, report: (progress) => seen.push(progress) },
    )
    expect(seen.map(({ stage }) => stage.template.split(' ')[0])).toEqual(
      expect.arrayContaining(['checking', 'reading', 'sorting', 'storing']),
    )
    expect(seen.at(-1)).toMatchObject({ done: 30_000, total: 30_000, unit: 'rows', secondsLeft: 0 })
  })
})
