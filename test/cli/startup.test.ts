import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'

/** Tells, when the process ends, every module that it loaded. */
const tellModules = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
  process.on('exit', () => process.stdout.write(loaded.join('\\n')))`

/** Modules that a command loads in its own process; the work of a job is done in another. */
function modulesOf(...words: string[]): string[] {
  const command = [path.resolve('src/main/cli.ts'), ...words, '--workspace', temporaryFolder()]
  const hook = `data:text/javascript,${encodeURIComponent(tellModules)}`
  return spawnSync(process.execPath, ['--import', hook, ...command], { encoding: 'utf8' }).stdout.split('\n')
}

test('a command loads neither what computes nor what serves pages: only jobs and the web host do', () => {
  const modules = modulesOf('runs', '--json')
  expect(modules.some((url) => url.includes('better-sqlite3'))).toBe(true)
  const heavy = /node_modules\/(onnxruntime-node|@duckdb|ws)\/|src\/main\/(graph|simulation|web\/server)\b/
  expect(modules.filter((url) => heavy.test(url))).toEqual([])
})
