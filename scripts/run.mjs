// Runs a TypeScript file of the project on its own Node 24, after set-up: node scripts/run.mjs FILE [ARGUMENTS...]
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { node, root, setup } from './setup.mjs'

setup()
const [file, ...rest] = process.argv.slice(2)
const child = spawn(node, [resolve(root, file), ...rest], { stdio: 'inherit' })
// An interrupt reaches the whole process group; the child decides how to stop, and we report its answer.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
