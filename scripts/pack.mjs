// npm run pack: installers of this system in dist/, once what would be in them is as expected. Runs on the project's Node 24.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { node, root } from './setup.mjs'

const options = process.argv.slice(2)
const asksForHelp = options.some((option) => option === '--help' || option === '-h')
const steps = [
  ...(asksForHelp ? [] : [['scripts/pack-list.mjs']]),
  ['node_modules/electron-builder/cli.js', '--config', 'electron-builder.config.mjs', ...options],
]
for (const [file, ...words] of steps) {
  const { status } = spawnSync(node, [join(root, file), ...words], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
