import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A copy of the project without node_modules, in a folder with a space and other odd characters in its name. */
let clone: string

beforeEach(() => {
  clone = path.join(mkdtempSync(path.join(tmpdir(), 'behavegpt-setup-')), "it's a clone & more")
  mkdirSync(clone)
  for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json', 'electron.vite.config.ts', '.npmrc']) {
    cpSync(path.join(root, name), path.join(clone, name), { recursive: true })
  }
})
afterEach(() => rmSync(path.dirname(clone), { recursive: true, force: true }))

/** The environment of a person's shell: nothing of the npm that runs these tests. */
function environment(extra: Record<string, string> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_') && name !== 'INIT_CWD')
  return { ...Object.fromEntries(own), ...extra }
}

/** Puts a program named npm first on the path. */
function fakeNpm(script: string): Record<string, string> {
  const folder = path.join(path.dirname(clone), 'programs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  writeFileSync(path.join(folder, 'builder.js'), builder)
  return { PATH: `${folder}${path.delimiter}${process.env.PATH}` }
}

/** An npm that "installs" by linking this checkout's Node, and counts how often it was asked to. */
const installingNpm = `
if [ "$1" = config ]; then echo null; exit 0; fi
echo install >> ../../installations
sleep 0.5
mkdir -p node_modules/node/bin node_modules/electron-vite/bin
ln -s '${process.execPath}' node_modules/node/bin/node
cp ../../programs/builder.js node_modules/electron-vite/bin/electron-vite.js`

/** A builder that "builds" by copying, and counts how often. */
const builder = `
import { appendFileSync, cpSync } from 'node:fs'
cpSync('src/main/cli.ts', 'out/main/cli.js')
appendFileSync('../builds', 'build\\n')`

const withProxy = { https_proxy: 'http://127.0.0.1:1' }

function setup(extra: Record<string, string>) {
  return spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: clone, env: environment(extra), encoding: 'utf8' })
}

/** How often it was installed or built. */
function countOf(what: 'installations' | 'builds'): number {
  const file = path.join(path.dirname(clone), what)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0
}
const installations = () => countOf('installations')

const leftovers = () => readdirSync(clone).filter((name) => name.startsWith('.setup'))

describe('set-up', () => {
  test('installs once, and leaves nothing but node_modules', () => {
    const first = setup({ ...fakeNpm(installingNpm), ...withProxy })
    expect(first).toMatchObject({ status: 0 })
    expect(first.stderr).toMatch(/Setting up: installing .*Set-up done/s)
    expect(setup({ ...fakeNpm(installingNpm), ...withProxy })).toMatchObject({ status: 0, stderr: '' })
    expect(installations()).toBe(1)
    expect(leftovers()).toEqual([])
  })

  test('installs again when the lock file has changed', () => {
    setup({ ...fakeNpm(installingNpm), ...withProxy })
    writeFileSync(path.join(clone, 'package-lock.json'), `${readFileSync(path.join(clone, 'package-lock.json'))}\n`)
    expect(setup({ ...fakeNpm(installingNpm), ...withProxy }).status).toBe(0)
    expect(installations()).toBe(2)
  })

  test('takes an installation made by hand as it is', () => {
    symlinkSync(path.join(root, 'node_modules/node'), path.join(clone, 'node'))
    mkdirSync(path.join(clone, 'node_modules'))
    symlinkSync(path.join(root, 'node_modules/node'), path.join(clone, 'node_modules/node'))
    const { packages } = JSON.parse(readFileSync(path.join(clone, 'package-lock.json'), 'utf8'))
    writeFileSync(path.join(clone, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
    expect(setup(fakeNpm('exit 1'))).toMatchObject({ status: 0, stderr: '' })
  })

  test('without network and cache fails soon and says what is missing', () => {
    const started = Date.now()
    const { status, stderr } = setup({
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: path.join(path.dirname(clone), 'empty cache'),
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /registry does not answer.*Set-up failed.*npm registry \(or a mirror.*node_modules of the same version/s,
    )
    expect(Date.now() - started).toBeLessThan(30_000)
    expect(existsSync(path.join(clone, 'node_modules'))).toBe(false)
    expect(leftovers()).toEqual([])
  })

  test('that fails keeps an older installation', () => {
    setup({ ...fakeNpm(installingNpm), ...withProxy })
    writeFileSync(path.join(clone, 'package-lock.json'), `${readFileSync(path.join(clone, 'package-lock.json'))}\n`)
    expect(setup({ ...fakeNpm('[ "$1" = config ] && echo null'), ...withProxy }).status).toBe(1)
    expect(existsSync(path.join(clone, 'node_modules/node/bin/node'))).toBe(true)
  })

  test('that was killed is repaired by the next one', async () => {
    const child = spawn(process.execPath, ['scripts/setup.mjs'], {
      cwd: clone,
      env: environment({
        ...fakeNpm('[ "$1" = config ] && { echo null; exit; }\nmkdir node_modules; sleep 2'),
        ...withProxy,
      }),
      stdio: 'ignore',
    })
    while (!leftovers().some((name) => existsSync(path.join(clone, name, 'node_modules')))) await pause(20)
    child.kill('SIGKILL')
    await exitOf(child)
    expect(leftovers().length).toBeGreaterThan(0)
    expect(setup({ ...fakeNpm(installingNpm), ...withProxy }).status).toBe(0)
    expect(leftovers()).toEqual([])
  })

  test('two at once install once', async () => {
    const env = environment({ ...fakeNpm(installingNpm), ...withProxy })
    const both = [0, 1].map(() => spawn(process.execPath, ['scripts/setup.mjs'], { cwd: clone, env, stdio: 'ignore' }))
    expect(await Promise.all(both.map(exitOf))).toEqual([0, 0])
    expect(installations()).toBe(1)
  })

  test('says so when npm is missing', () => {
    const { status, stderr } = setup({ PATH: path.join(clone, 'nowhere') })
    expect(status).toBe(1)
    expect(stderr).toContain('npm could not be started')
  })
})

describe('bin/behavegpt', () => {
  function start(file: string, words: string[]): ChildProcess {
    mkdirSync(path.join(clone, 'src/main'), { recursive: true })
    writeFileSync(path.join(clone, 'src/main/cli.ts'), file)
    const link = path.join(path.dirname(clone), 'behavegpt')
    if (!existsSync(link)) symlinkSync(path.join(clone, 'bin/behavegpt'), link)
    return spawn(process.execPath, [link, ...words], {
      cwd: path.dirname(clone),
      env: environment({ ...fakeNpm(installingNpm), ...withProxy }),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }

  test('runs, through a link, where it was typed, with its words and exit code', async () => {
    const child = start('console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)])); process.exit(3)', [
      'a b',
      "c'd",
    ])
    let output = ''
    child.stdout?.on('data', (text) => (output += text))
    expect(await exitOf(child)).toBe(3)
    expect(JSON.parse(output)).toEqual([path.dirname(clone), 'a b', "c'd"])
  })

  test('builds first, and again only when a source has changed', async () => {
    for (const [code, builds] of [
      [3, 1],
      [3, 1],
      [4, 2],
    ] as const) {
      expect(await exitOf(start(`process.exit(${code})`, []))).toBe(code)
      expect(countOf('builds')).toBe(builds)
    }
  })

  test('passes an interrupt on and ends as the program does, leaving no process behind', async () => {
    const child = start(
      "console.log(process.pid); process.on('SIGINT', () => process.exit(130)); setInterval(() => {}, 1000)",
      [],
    )
    const program = await new Promise<number>((resolve) => child.stdout?.once('data', (text) => resolve(Number(text))))
    child.kill('SIGINT')
    expect(await exitOf(child)).toBe(130)
    expect(() => process.kill(program, 0)).toThrow()
  })

  test('reports the signal that ended the program', async () => {
    const child = start("process.kill(process.pid, 'SIGKILL')", [])
    expect(await exitOf(child)).toBe(137)
  })
})

test('the lock file belongs to package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages['']
  expect({ dependencies: lock.dependencies, devDependencies: lock.devDependencies }).toEqual({
    dependencies,
    devDependencies,
  })
})

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
