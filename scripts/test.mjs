// npm test: format, lint, types, layers, tests; set-up first. Arguments go to the test runner.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { node, root, setup } from './setup.mjs'
import { installTestPrograms } from './test-programs.mjs'

await setup()
installTestPrograms()
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
const modules = join(root, 'node_modules')
const steps = [
  ['format and lint', join(modules, '@biomejs/biome/bin/biome'), 'check', '.'],
  ['types', join(modules, 'typescript/bin/tsc'), '--noEmit'],
  ['types of the page', join(modules, 'vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', 'src/renderer'],
  [
    'layers',
    join(modules, 'dependency-cruiser/bin/dependency-cruiser.mjs'),
    'src',
    '--config',
    '.dependency-cruiser.cjs',
  ],
  ['tests', join(modules, 'vitest/vitest.mjs'), 'run', ...process.argv.slice(2)],
]
for (const [name, ...command] of steps) {
  console.log(`\n== ${name}`)
  const started = Date.now()
  const { status } = spawnSync(node, command, { cwd: root, stdio: 'inherit', env })
  if (status !== 0) {
    console.error(`\n${name} failed`)
    process.exit(status ?? 1)
  }
  console.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
