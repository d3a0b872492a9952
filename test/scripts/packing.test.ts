import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'

interface PackedFile {
  path: string
  bytes: number
  unpacked: boolean
  system?: string
}
interface Packing {
  systemOf(head: Buffer): string | undefined
  complaintsAbout(files: readonly PackedFile[], target: string): string[]
}

const root = path.join(import.meta.dirname, '../..')
const { complaintsAbout, systemOf }: Packing = await import(pathToFileURL(path.join(root, 'scripts/packing.mjs')).href)

const here = `${process.platform}-${process.arch}`

/** Builds the program, packs it around a stand-in for Electron and lists what that holds. */
const packList = (...words: string[]) =>
  spawnSync(process.execPath, ['scripts/pack-list.mjs', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })

describe('what is packed for this system', () => {
  const { status, stdout, stderr } = packList('--json')

  test('is as expected: only binaries of this system, beside the archive, and nothing of development', () => {
    expect(status, stderr).toBe(0)
    // electron-builder misses what people are told about the program.
    expect(stderr).not.toContain('is missed in the package.json')
    const { files, complaints, bytes } = JSON.parse(stdout) as {
      files: PackedFile[]
      complaints: string[]
      bytes: number
    }
    expect(complaints).toEqual([])
    expect(new Set(files.map(({ system }) => system).filter(Boolean))).toEqual(new Set([here]))
    expect(files.filter(({ system }) => system !== undefined).every(({ unpacked }) => unpacked)).toBe(true)
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'package.json',
        'out/main/index.js',
        'out/main/jobs/child.js',
        'out/main/engine/probe-child.js',
        'out/preload/index.cjs',
        'out/renderer/index.html',
        'resources/report/report.html',
        'node_modules/echarts/dist/echarts.min.js',
      ]),
    )
    expect(bytes / 1e6).toBeLessThan(320)
  })

  test('has a preload that a sandbox takes: one file that asks for nothing but Electron', () => {
    const preload = readFileSync(path.join(root, 'out/preload/index.cjs'), 'utf8')
    expect([...preload.matchAll(/\brequire\(([^)]*)\)/g)].map(([, name]) => name)).toEqual(['"electron"'])
    expect(preload).not.toMatch(/^\s*(import|export)\s/m)
  })

  test("has pages that a browser compiles while it loads them, and a start that waits for nothing it doesn't call", () => {
    const folder = path.join(root, 'out/renderer/assets')
    const html = readFileSync(path.join(root, 'out/renderer/index.html'), 'utf8')
    const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
    expect(files.some((file) => file.startsWith('PredictPage'))).toBe(true)
    for (const file of files) {
      const isWhole = readFileSync(path.join(folder, file), 'utf8').startsWith('//# allFunctionsCalledOnLoad\n')
      expect(isWhole, file).toBe(!html.includes(`src="/assets/${file}"`))
    }
  })

  test('has every main module of a process, and Node can read it', () => {
    const sources = readdirSync(path.join(root, 'src/main'), { recursive: true, encoding: 'utf8' })
    const launched = sources
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(path.join(root, 'src/main', file), 'utf8').matchAll(/processModule\('([^']+)'\)/g),
      ])
      .map(([, name]) => `${name}.js`)
    expect(launched).toContain('jobs/child.js')
    for (const file of ['index.js', ...launched])
      expect(spawnSync(process.execPath, ['--check', path.join(root, 'out/main', file)]).status, file).toBe(0)
  })
})

describe('a package', () => {
  test('that is wrong ends its list with an error, after all of it', () => {
    // npm has installed the binaries of this system alone.
    const elsewhere = here.startsWith('win32') ? 'linux-x64' : 'win32-x64'
    const { status, stdout, stderr } = packList('--target', elsewhere, '--json')
    const { complaints } = JSON.parse(stdout) as { complaints: string[] }
    expect(complaints).toEqual([expect.stringContaining(`the binary of DuckDB for ${elsewhere} is missing`)])
    expect(stderr).toContain(`wrong: ${complaints[0]}`)
    expect(status).toBe(1)
  })

  test.each([
    ['that is wrong makes no installer', 1, undefined],
    ['that is right is made by the whole configuration, fuses too', 0, ['--config', 'electron-builder.config.mjs']],
  ])('%s', (_what, listed, words) => {
    // The script itself, among stand-ins for the list and electron-builder.
    const project = temporaryFolder()
    const put = (file: string, content: string) => {
      mkdirSync(path.join(project, file, '..'), { recursive: true })
      writeFileSync(path.join(project, file), content)
    }
    for (const script of ['pack.mjs', 'setup.mjs'])
      put(`scripts/${script}`, readFileSync(path.join(root, 'scripts', script), 'utf8'))
    put('scripts/pack-list.mjs', `process.exit(${listed})`)
    put(
      'node_modules/electron-builder/cli.js',
      "require('node:fs').writeFileSync('made', JSON.stringify(process.argv.slice(2)))",
    )
    symlinkSync(path.join(root, 'node_modules/node'), path.join(project, 'node_modules/node'), 'junction')
    const { status, stderr } = spawnSync(process.execPath, ['scripts/pack.mjs'], { cwd: project, encoding: 'utf8' })
    expect(status, stderr).toBe(listed)
    const made = path.join(project, 'made')
    expect(existsSync(made) ? JSON.parse(readFileSync(made, 'utf8')) : undefined).toEqual(words)
  })
})

describe('a list is refused', () => {
  const good: PackedFile[] = [
    'package.json',
    'out/main/index.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    'resources/report/report.html',
  ].map((path) => ({ path, bytes: 1, unpacked: false }))
  const binaries: PackedFile[] = [
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
    'node_modules/@duckdb/node-bindings-linux-x64/duckdb.node',
    'node_modules/better-sqlite3/prebuilds/linux-x64.node',
  ].map((path) => ({ path, bytes: 1, unpacked: true, system: 'linux-x64' }))
  const complaints = (...more: Partial<PackedFile>[]) =>
    complaintsAbout(
      [...good, ...binaries, ...more.map((file) => ({ path: '', bytes: 1, unpacked: true, ...file }))],
      'linux-x64',
    )

  test('not when all is well', () => expect(complaints()).toEqual([]))

  test.each([
    [{ path: 'node_modules/x/y.dll', system: 'win32-x64' }, 'is for win32-x64'],
    [{ path: 'node_modules/x/y.so', system: 'linux-arm64' }, 'is for linux-arm64'],
    [{ path: 'node_modules/x/y.node', system: 'linux-x64', unpacked: false }, 'inside the archive'],
    [{ path: 'src/main/index.ts' }, 'is not expected'],
    [{ path: 'workspace/workbench.db' }, 'is not expected'],
    [{ path: 'node_modules/x/.env' }, 'is private'],
    [{ path: 'node_modules/x/key.pem' }, 'data or a key'],
    [{ path: 'out/main/index.js.map' }, 'for developers'],
    [{ path: 'node_modules/vite/index.js' }, 'development dependency'],
    [{ path: 'out/main/large.js', bytes: 1e9 }, 'MB are more than'],
  ])('for %j', (file, complaint) => {
    expect(complaints(file).join('\n')).toContain(complaint)
  })

  test('when a binary is missing', () => {
    expect(complaintsAbout([...good, ...binaries.slice(1)], 'linux-x64')).toEqual([
      expect.stringContaining('the binary of ONNX Runtime for linux-x64 is missing'),
    ])
    expect(complaintsAbout([...good, ...binaries], 'darwin-arm64')).toHaveLength(6)
  })
})

describe('the system of a binary', () => {
  const head = (length = 256) => Buffer.alloc(length)

  test('of Linux', () => {
    const elf = head()
    elf.writeUInt32BE(0x7f454c46, 0)
    elf.writeUInt16LE(0xb7, 18)
    expect(systemOf(elf)).toBe('linux-arm64')
    expect(systemOf(readFileSync(process.execPath).subarray(0, 4096))).toBe(here)
  })

  test('of Windows', () => {
    const portable = head()
    portable.write('MZ', 0, 'latin1')
    portable.writeUInt32LE(128, 60)
    portable.write('PE\0\0', 128, 'latin1')
    portable.writeUInt16LE(0x8664, 132)
    expect(systemOf(portable)).toBe('win32-x64')
  })

  test('of macOS, also for both processors', () => {
    const mach = head()
    mach.writeUInt32LE(0xfeedfacf, 0)
    mach.writeUInt32LE(0x0100000c, 4)
    expect(systemOf(mach)).toBe('darwin-arm64')
    const universal = head()
    universal.writeUInt32BE(0xcafebabe, 0)
    universal.writeUInt32BE(2, 4)
    universal.writeUInt32BE(0x01000007, 8)
    universal.writeUInt32BE(0x0100000c, 28)
    expect(systemOf(universal)).toBe('darwin-x64+arm64')
  })

  test('is none of a text', () =>
    expect(systemOf(Buffer.from('MZ is how this text begins.'.padEnd(200)))).toBeUndefined())
})
