import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'

/** Tells, when the process ends, every module that it loaded. */
const tellModules = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
  process.on('exit', () => process.stdout.write(loaded.join('\\n')))`

/** What a command loads in its own process: modules of packages, and all that the build put into each of its files. */
function modulesOf(...words: string[]): string[] {
  const command = [path.resolve('out/main/cli.js'), ...words, '--workspace', temporaryFolder()]
  const hook = `data:text/javascript,${encodeURIComponent(tellModules)}`
  const { stdout } = spawnSync(process.execPath, ['--import', hook, ...command], { encoding: 'utf8' })
  const loaded = stdout.split('\n').filter((line) => line.startsWith('file:'))
  const built = loaded.filter((url) => url.includes('/out/main/'))
  // What has no map is made of nothing but the builder's own few lines.
  const madeOf = (url: string): string[] => {
    const map = `${fileURLToPath(url)}.map`
    return existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')).sources : []
  }
  return [...loaded, ...built.flatMap(madeOf)]
}

test('a command loads neither what computes nor what serves pages: only jobs and the web host do', () => {
  const modules = modulesOf('runs', '--json')
  expect(modules.some((url) => url.includes('better-sqlite3'))).toBe(true)
  expect(modules.some((name) => name.endsWith('src/main/cli.ts'))).toBe(true)
  const heavy = /node_modules\/(onnxruntime-node|@duckdb|ws)\/|src\/main\/(graph|simulation|web\/server)\b/
  expect(modules.filter((name) => heavy.test(name))).toEqual([])
})
