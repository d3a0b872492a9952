// Installs what the project needs, once: run by every npm script, with any Node >= 20 and nothing installed yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
/** The project's own Node 24, installed by npm like any other dependency. */
export const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Written last, when everything in node_modules is complete: what it was installed for. */
const stamp = join(modules, '.setup-stamp')
/** Held while installing; contains the process id of the holder. Outside node_modules, which an installation deletes. */
const lock = join(root, '.setup-lock')

/** Installs dependencies if they are missing or older than the lock file. Ends the process with a message when it cannot. */
export async function setup() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20)
    fail(`Node ${process.versions.node} is too old: BehaveGPT Workbench needs Node 20 or newer to set itself up.`)
  if (complete()) return
  const release = takeLock()
  try {
    // Another set-up may have done the work while we waited for it; somebody may have run "npm ci" by hand.
    if (complete()) return
    if (!matchesLockFile()) await install()
    checkNode()
    writeFileSync(stamp, wanted())
  } finally {
    release()
  }
}

/** The hash of the lock file and platform that node_modules must have been installed for. */
function wanted() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  return hash.update(`${process.platform}-${process.arch}`).digest('hex')
}

function complete() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted() && existsSync(node)
}

/** True when npm finished an installation here of exactly the packages of the lock file (npm writes its record last). */
function matchesLockFile() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record) || !existsSync(node)) return false
  const expected = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const same = Object.entries(installed).every(([path, { version }]) => expected[path]?.version === version)
  const missing = Object.entries(expected).filter(([path, { optional }]) => path && !optional && !installed[path])
  return same && missing.length === 0
}

async function install() {
  const online = await registryAnswers()
  say('Setting up: installing the dependencies of package-lock.json and Node 24 into node_modules (about 830 MB) ...')
  if (!online) say('The npm registry does not answer: trying what npm has kept in its cache.')
  const started = Date.now()
  const { status, error } = npm(
    [
      'ci',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...(online ? ['--fetch-retries=1', '--fetch-timeout=60000'] : ['--offline']),
    ],
    ['ignore', 'inherit', 'inherit'],
    // Also for the npm that the package "node" starts to fetch its binary.
    online ? {} : { npm_config_offline: 'true' },
  )
  if (status !== 0 || !existsSync(node)) {
    const what = error ? `npm could not be started: ${error.message}.` : 'The dependencies could not be installed.'
    fail(
      `Set-up failed. ${what}`,
      existsSync(modules) ? 'node_modules is incomplete.' : 'node_modules is missing.',
      'Set-up needs the npm registry (or a mirror: npm config set registry URL), or, on a machine without network,',
      `the folder node_modules of the same version, copied from a ${process.platform}-${process.arch} machine where "npm run setup" succeeded.`,
    )
  }
  say(`Set-up done in ${Math.round((Date.now() - started) / 1000)} s.`)
}

/** An installation whose Node does not start is of no use, whatever npm says. */
function checkNode() {
  const { status, stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (status === 0 && stdout.startsWith('v24.')) return
  rmSync(stamp, { force: true })
  fail(
    `Set-up failed. ${node} does not run${error ? `: ${error.message}` : ''}.`,
    `It must be Node 24 for ${process.platform}-${process.arch}: delete node_modules and run "npm run setup" again.`,
  )
}

/** Asks the registry for anything at all, for a few seconds. Behind a proxy only npm knows how to ask, so it is assumed to be there. */
async function registryAnswers() {
  const proxied = ['proxy', 'https-proxy'].some((key) => configured(key) !== 'null')
  if (proxied || ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].some((key) => process.env[key])) return true
  try {
    await fetch(configured('registry'), { method: 'HEAD', signal: AbortSignal.timeout(8_000) })
    return true
  } catch {
    return false
  }
}

function configured(key) {
  const { stdout, error } = npm(['config', 'get', key], ['ignore', 'pipe', 'inherit'])
  if (error) fail(`Set-up failed. npm could not be started: ${error.message}. It comes with Node: https://nodejs.org`)
  return stdout.trim()
}

function npm(parameters, stdio, environment = {}) {
  return spawnSync('npm', parameters, {
    cwd: root,
    stdio,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      // The CUDA provider libraries of onnxruntime-node are a separate, explicit download.
      ONNXRUNTIME_NODE_INSTALL: 'skip',
      // Tests and checks are part of the project whatever the caller's environment says.
      NODE_ENV: 'development',
      npm_config_omit: '',
      ...environment,
    },
  })
}

/** Waits until no other living process sets this folder up, then holds the lock. Returns how to give it back. */
function takeLock() {
  const mine = `${lock}-${process.pid}`
  try {
    writeFileSync(mine, String(process.pid))
  } catch (error) {
    fail(`Set-up failed. ${root} cannot be written to: ${error.message}`)
  }
  try {
    for (let waited = 0; !linked(mine); waited++) {
      const holder = readHolder()
      if (holder === undefined || !isAlive(holder)) rmSync(lock, { force: true })
      else {
        if (waited === 0) say(`Another set-up of this folder is running (process ${holder}): waiting for it ...`)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
      }
    }
  } finally {
    rmSync(mine)
  }
  const release = () => rmSync(lock, { force: true })
  process.once('exit', release)
  return release
}

/** Makes our file the lock, complete with its content, unless there is one. */
function linked(mine) {
  try {
    linkSync(mine, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function readHolder() {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function say(text) {
  console.error(text)
}

function fail(...lines) {
  console.error(lines.join('\n'))
  process.exit(1)
}

/** True when the module of this URL is the program itself, also through a symbolic link. */
export function isProgram(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}

if (isProgram(import.meta.url)) await setup()
