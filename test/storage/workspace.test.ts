import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import NativeDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FileAccess } from '../../src/main/procedures/file-access.ts'
import { findId } from '../../src/main/storage/dictionaries.ts'
import { migrations } from '../../src/main/storage/migrations/index.ts'
import { migrate, schemaVersion } from '../../src/main/storage/schema.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { makeReadOnly, mountSmallDisk, temporaryFolder } from '../support/folders.ts'

const databaseOf = (folder: string) => path.join(folder, 'workbench.db')

function newWorkspace(users = 0): string {
  const folder = temporaryFolder()
  using workspace = openWorkspace(folder, { mode: 'write', create: true })
  const insert = workspace.database.change('INSERT INTO users (name) VALUES (?)')
  workspace.database.transaction(() => {
    for (let user = 0; user < users; user++) insert.run(`a user with a rather long name, number ${user}`)
  })
  return folder
}

describe('opening', () => {
  test('a folder without a workspace is not turned into one by accident', () => {
    const folder = temporaryFolder()
    for (const mode of ['read', 'write'] as const) {
      expect(() => (mode === 'read' ? openWorkspace(folder, { mode }) : openWorkspace(folder, { mode }))).toThrow(
        'There is no workspace',
      )
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test.skipIf(process.platform === 'win32')(
    'a new one is for its owner alone, and what others made or share stays as it is',
    () => {
      const modeOf = (...names: string[]) => statSync(path.join(...names)).mode & 0o777
      const above = temporaryFolder()
      const mask = process.umask(0o022)
      onTestFinished(() => void process.umask(mask))
      const made = path.join(above, 'a', 'workspace')
      const given = path.join(above, 'given')
      mkdirSync(given)
      for (const folder of [made, given]) {
        using workspace = openWorkspace(folder, { mode: 'write', create: true })
        workspace.database.change('INSERT INTO users (name) VALUES (?)').run('Ada')
        new FileAccess(folder).toWrite('a.csv')
        for (const name of ['datasets', 'runs', 'temporary', 'exports'])
          expect({ name, mode: modeOf(folder, name) }).toEqual({ name, mode: 0o700 })
        const files = readdirSync(folder).filter((name) => name.startsWith('workbench.db'))
        expect(files).toContain('workbench.db-wal')
        for (const name of files) expect({ name, mode: modeOf(folder, name) }).toEqual({ name, mode: 0o600 })
      }
      expect(modeOf(made)).toBe(0o700)
      expect([modeOf(above, 'a'), modeOf(given)]).toEqual([0o755, 0o755])

      // Somebody shares it.
      for (const name of ['datasets', 'runs']) chmodSync(path.join(given, name), 0o750)
      chmodSync(databaseOf(given), 0o640)
      rmSync(path.join(given, 'exports'), { recursive: true })
      openWorkspace(given, { mode: 'write', create: true }).close()
      new FileAccess(given).toWrite('a.csv')
      expect(['datasets', 'runs', 'exports'].map((name) => modeOf(given, name))).toEqual([0o750, 0o750, 0o750])
      expect(modeOf(databaseOf(given))).toBe(0o640)
    },
  )

  test('a reader cannot write, whatever the types say', () => {
    using workspace = openWorkspace(newWorkspace(), { mode: 'read' })
    expect(() => workspace.database.query("INSERT INTO users (name) VALUES ('x') RETURNING id").get()).toThrow(
      'Not allowed',
    )
  })

  test('several processes can create and open one workspace at once', async () => {
    const folder = temporaryFolder()
    const code = `
      import { openWorkspace } from ${JSON.stringify(path.resolve('src/main/storage/workspace.ts'))}
      openWorkspace(${JSON.stringify(folder)}, { mode: 'write', create: true }).close()`
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' }),
    )
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
    expect(codes).toEqual([0, 0, 0, 0])
  })

  test('a reader sees what was written after it was opened, a snapshot does not', () => {
    const folder = newWorkspace(1)
    using reader = openWorkspace(folder, { mode: 'read' })
    const snapshot = reader.database.openSnapshot()
    using writer = openWorkspace(folder, { mode: 'write' })
    writer.database.change("INSERT INTO users (name) VALUES ('late')").run()
    expect(findId(reader.database, 'users', 'late')).toBe(2)
    expect(findId(snapshot, 'users', 'late')).toBeUndefined()
    snapshot.close()
  })
})

describe('schema', () => {
  test('an empty database is brought to the newest version', () => {
    using workspace = openWorkspace(newWorkspace(), { mode: 'read' })
    expect(schemaVersion(workspace.database)).toBe(migrations.at(-1)?.number)
  })

  test('a migration that fails leaves the version before it', () => {
    using workspace = openWorkspace(newWorkspace(), { mode: 'write' })
    const newest = schemaVersion(workspace.database)
    const broken = [...migrations, { number: newest + 1, name: 'broken', sql: 'CREATE TABLE half (id); nonsense' }]
    expect(() => migrate(workspace.database, broken)).toThrow('nonsense')
    expect(schemaVersion(workspace.database)).toBe(newest)
    expect(workspace.database.query("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined()
  })

  test('a workspace of a newer program is refused, for reading too', () => {
    const folder = newWorkspace()
    const native = new NativeDatabase(databaseOf(folder))
    native.pragma('user_version = 9999')
    native.close()
    expect(() => openWorkspace(folder, { mode: 'write' })).toThrow('schema version 9999')
    expect(() => openWorkspace(folder, { mode: 'read' })).toThrow('schema version 9999')
  })

  test('a database of another program is refused', () => {
    const folder = temporaryFolder()
    const native = new NativeDatabase(databaseOf(folder))
    native.exec('CREATE TABLE recipes (id)')
    native.close()
    expect(() => openWorkspace(folder, { mode: 'write' })).toThrow('another program')
  })

  test('0001 logs: what is seeded comes back, and the rules of the tables hold', () => {
    using workspace = openWorkspace(newWorkspace(), { mode: 'write' })
    const { database } = workspace
    database.execute(`
      INSERT INTO users (id, name) VALUES (1, 'u');
      INSERT INTO sources (id, name, state, format, mapping, time_format, time_zone, simulated, created_at)
        VALUES (1, 's', 'ready', 'csv', '{}', 'iso', 'UTC', 0, '2024-01-01');
      INSERT INTO events VALUES (1, 1000, 1, 0, 1, 0, 60), (1, 1000, 1, 1, 2, 0, 60)`)
    expect(database.query('SELECT count(*) AS n FROM events').get()).toEqual({ n: 2 })
    expect(database.query('SELECT name FROM locations WHERE id = 0').get()).toEqual({ name: '' })
    expect(() => database.execute('INSERT INTO events VALUES (1, 1000, 1, 1, 3, 0, 60)')).toThrow('UNIQUE')
    expect(() => database.execute("INSERT INTO events VALUES (1, 'noon', 1, 2, 3, 0, 60)")).toThrow('INTEGER')
    expect(() => database.execute("INSERT INTO users (name) VALUES ('u')")).toThrow('UNIQUE')
    expect(() => database.execute("UPDATE sources SET state = 'lost'")).toThrow('CHECK')
    expect(() => database.execute('INSERT INTO source_users VALUES (1, 99, 1)')).toThrow('FOREIGN KEY')
  })
})

describe('damage', () => {
  test('a file that is no database', () => {
    const folder = newWorkspace()
    writeFileSync(databaseOf(folder), 'this is a text that somebody saved here. '.repeat(500))
    for (const open of [
      () => openWorkspace(folder, { mode: 'write' }),
      () => openWorkspace(folder, { mode: 'read' }),
    ]) {
      expect(open).toThrow(expect.objectContaining({ code: 'corrupt', hint: expect.stringContaining('backup') }))
    }
  })

  test('a truncated database', () => {
    const folder = newWorkspace(5000)
    const file = openSync(databaseOf(folder), 'r+')
    ftruncateSync(file, Math.floor(statSync(databaseOf(folder)).size / 2))
    closeSync(file)
    const read = () => {
      using workspace = openWorkspace(folder, { mode: 'read' })
      return workspace.database.query('SELECT * FROM users').all()
    }
    expect(read).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })

  test('flipped bytes in a page', () => {
    const folder = newWorkspace(5000)
    const file = openSync(databaseOf(folder), 'r+')
    const size = statSync(databaseOf(folder)).size
    for (let page = 1; page * 16384 < size; page++) writeSync(file, Buffer.alloc(12, 0xa5), 0, 12, page * 16384)
    closeSync(file)
    const read = () => {
      using workspace = openWorkspace(folder, { mode: 'read' })
      return workspace.database.query('SELECT * FROM users').all()
    }
    expect(read).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})

describe('a lost database', () => {
  const kept = { datasets: 'manifest.json', runs: 'run.json' }
  const open = (folder: string, mode: 'read' | 'write') => () =>
    mode === 'read' ? openWorkspace(folder, { mode }) : openWorkspace(folder, { mode, create: true })

  test.each(Object.entries(kept))('is not made anew beside the %s that it listed', (name, file) => {
    const folder = newWorkspace()
    const place = path.join(folder, name, 'made-by-a-person-with-much-time')
    mkdirSync(place)
    writeFileSync(path.join(place, file), '{}')
    const refused = expect.objectContaining({ code: 'corrupt', hint: expect.anything() })

    // Cut to nothing, with a write-ahead log that may still hold everything.
    truncateSync(databaseOf(folder))
    writeFileSync(`${databaseOf(folder)}-wal`, 'pages')
    for (const mode of ['read', 'write'] as const) expect(open(folder, mode)).toThrow(refused)
    expect(statSync(databaseOf(folder)).size).toBe(0)
    expect(readFileSync(`${databaseOf(folder)}-wal`, 'utf8')).toBe('pages')

    // Without tables.
    for (const end of ['', '-wal', '-shm']) rmSync(`${databaseOf(folder)}${end}`, { force: true })
    const native = new NativeDatabase(databaseOf(folder))
    native.pragma('journal_mode = WAL')
    native.close()
    expect(statSync(databaseOf(folder)).size).toBeGreaterThan(0)
    for (const mode of ['read', 'write'] as const) expect(open(folder, mode)).toThrow(refused)

    // Gone.
    rmSync(databaseOf(folder))
    expect(open(folder, 'write')).toThrow(refused)
    expect(readdirSync(folder)).not.toContain('workbench.db')
  })

  test('nothing stands in the way of a new one in a folder with folders of the same names', () => {
    const folder = temporaryFolder()
    mkdirSync(path.join(folder, 'runs', 'my experiments'), { recursive: true })
    openWorkspace(folder, { mode: 'write', create: true }).close()
    expect(readdirSync(path.join(folder, 'runs'))).toEqual(['my experiments'])
  })
})

describe('disks', () => {
  test('a read-only workspace can be read, and writing says why not', (context) => {
    const folder = newWorkspace(3)
    if (makeReadOnly(folder) === undefined) return context.skip()
    using workspace = openWorkspace(folder, { mode: 'read' })
    expect(workspace.database.query('SELECT count(*) AS n FROM users').get()).toEqual({ n: 3 })
    expect(() => openWorkspace(folder, { mode: 'write' })).toThrow(
      expect.objectContaining({
        code: 'storage',
        message: expect.stringMatching(/Not allowed: opening the workspace .*(read-only|permission denied)/),
        hint: expect.stringContaining('writable'),
      }),
    )
  })

  test('a full disk: the transaction fails as a whole and the rest stays readable', (context) => {
    const folder = temporaryFolder()
    if (!mountSmallDisk(folder, 2048)) return context.skip()
    using workspace = openWorkspace(folder, { mode: 'write', create: true })
    workspace.database.change("INSERT INTO users (name) VALUES ('first')").run()
    const fill = () =>
      workspace.database.transaction(() => {
        const insert = workspace.database.change('INSERT INTO users (name) VALUES (?)')
        for (let user = 0; ; user++) insert.run(`${user} ${'x'.repeat(2000)}`)
      })
    // Until the cache is full nothing reaches the disk.
    workspace.database.execute('PRAGMA cache_size = 10')
    expect(fill).toThrow(expect.objectContaining({ code: 'storage', message: expect.stringContaining('full') }))
    expect(workspace.database.query('SELECT name FROM users').all()).toEqual([{ name: 'first' }])
  })
})

test('the file is one that other tools recognise', () => {
  expect(readFileSync(databaseOf(newWorkspace())).subarray(0, 15).toString()).toBe('SQLite format 3')
})
