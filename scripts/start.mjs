// npm start [-- --workspace DIR]: opens the desktop. npm start -- --web [OPTIONS]: opens the workbench for a browser, as `behavegpt serve` does.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { buildIfNeeded } from './build.mjs'
import { findElectron } from './electron.mjs'
import { run } from './run.mjs'
import { root, setup } from './setup.mjs'

// "npm run" changes to the project's folder; relative paths mean the folder in which the person typed.
const folder = process.env.INIT_CWD ?? process.cwd()
const words = process.argv.slice(2)
const isWeb = words.includes('--web')
const rest = words.filter((word) => word !== '--web')

await setup()
if (rest.includes('--help') || rest.includes('-h')) {
  console.log('npm start [-- --workspace DIR]       opens the desktop')
  console.log('npm start -- --web [OPTIONS]         opens the workbench for a browser on this machine; its options:\n')
  await run('out/main/cli.js', ['serve', '--help'], folder)
} else if (isWeb) serve()
else {
  const workspace = workspaceOf(rest)
  const electron = findElectron()
  if ('reason' in electron) {
    console.error(`No desktop: ${electron.reason}. Opening the workbench for a browser instead.`)
    serve()
  } else {
    buildIfNeeded()
    open(electron.file, workspace)
  }
}

function serve() {
  void run('out/main/cli.js', ['serve', ...rest], folder)
}

/** The only option of the desktop; anything else ends here. The default is the command line's. */
function workspaceOf(given) {
  const [first, second, ...more] = given
  if (first === undefined) return process.env.BEHAVEGPT_WORKSPACE ?? 'workspace'
  if (first === '--workspace' && second !== undefined && more.length === 0) return second
  if (first.startsWith('--workspace=') && second === undefined) return first.slice('--workspace='.length)
  console.error(
    `error: ${given.join(' ')} is not understood.\nhint: npm start [-- --workspace DIR]; with --web it takes the options of behavegpt serve.`,
  )
  process.exit(2)
}

function open(program, workspace) {
  const child = spawn(program, [root, '--workspace', resolve(folder, workspace)], { stdio: 'inherit', cwd: folder })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
