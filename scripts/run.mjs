// Runs a file of the project on its own Node 24, after set-up and build: node scripts/run.mjs FILE [ARGUMENTS...]
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { buildIfNeeded } from './build.mjs'
import { isProgram, node, root, setup } from './setup.mjs'

/**
 * Sets up, builds where sources have changed, runs the file and ends this process as the program did.
 * @param {string} file path from the project's root
 * @param {string[]} parameters
 * @param {string} [folder] where the program runs
 */
export async function run(file, parameters, folder = process.cwd()) {
  await setup()
  buildIfNeeded()
  // Keeps what Node makes of the files: the next start takes half the time.
  const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), ...process.env }
  const child = spawn(node, [join(root, file), ...parameters], { stdio: 'inherit', cwd: folder, env })
  // Passed on, because a signal may be meant for this process alone; the program takes the pair that a terminal sends as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${node} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

if (isProgram(import.meta.url)) {
  const [file, ...parameters] = process.argv.slice(2)
  // "npm run" changes to the project's folder; relative paths mean the folder in which the person typed.
  const throughNpm =
    process.env.npm_lifecycle_event !== undefined && process.env.npm_package_json === join(root, 'package.json')
  await run(file, parameters, throughNpm ? process.env.INIT_CWD : undefined)
}
