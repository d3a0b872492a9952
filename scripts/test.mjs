// npm test: format, lint, types, layers, tests; set-up first. Arguments go to the test runner.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { node, root, setup } from './setup.mjs'
import { installTestPrograms } from './test-programs.mjs'

await setup()
installTestPrograms()
// What Node makes of the TypeScript files is kept for the many processes that tests start, as bin/behavegpt keeps it.
const compileCache = join(root, 'node_modules', '.cache', 'node')
const inMemory = folderInMemory()
const env = {
  NODE_COMPILE_CACHE: compileCache,
  ...process.env,
  ...(inMemory && { TMPDIR: inMemory }),
  PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
}
const modules = join(root, 'node_modules')
const checks = [
  ['format and lint', join(modules, '@biomejs/biome/bin/biome'), 'check', '.'],
  ['types', join(root, 'scripts/check-types.mjs')],
  ['types of the page', join(modules, 'vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', 'src/renderer'],
  [
    'layers',
    join(modules, 'dependency-cruiser/bin/dependency-cruiser.mjs'),
    'src',
    '--config',
    '.dependency-cruiser.cjs',
  ],
]
// Each takes one core: together they take half the time.
const passed = await Promise.all(checks.map(check))
if (!passed.every(Boolean)) process.exit(1)
console.log('\n== tests')
const tests = await run([join(modules, 'vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], 'inherit')
if (tests.status !== 0) console.error('\ntests failed')
process.exit(tests.status)

/**
 * A folder for what tests write, which goes away with this process. They sync and remove small files all the time: on a disk a fifth of their time is spent on that.
 * Undefined where the system has no memory to spare for it.
 */
function folderInMemory() {
  const shared = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(shared)
    if (bavail * bsize < 8e9) return undefined
    const folder = mkdtempSync(join(shared, 'behavegpt-tests-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
    return folder
  } catch {
    return undefined
  }
}

/** Runs a check and prints what it says when it has ended, so that those beside it do not mix with it. Whether it passed. */
async function check([name, ...command]) {
  const { status, output, seconds } = await run(command, 'pipe')
  console.log(`\n== ${name}\n${output}${name}: ${status === 0 ? '' : 'failed, '}${seconds.toFixed(1)} s`)
  return status === 0
}

/** @returns {Promise<{ status: number, output: string, seconds: number }>} the exit code, 1 for a signal, and both outputs where they are piped */
function run(command, stdio) {
  const started = performance.now()
  const child = spawn(node, command, { cwd: root, env, stdio: ['inherit', stdio, stdio] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ status: code ?? 1, output, seconds: (performance.now() - started) / 1000 }))
  })
}
