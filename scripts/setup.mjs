// Installs what the project needs, once: run by every npm script, with any Node >= 20 and nothing installed yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const nodeIn = (installed) => join(installed, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
/** The project's own Node 24, installed by npm like any other dependency. */
export const node = nodeIn(modules)

/** What the installation in node_modules was made for. */
const stamp = join(modules, '.setup-stamp')
/** Held while installing; contains the process id of the holder. */
const lock = join(root, '.setup-lock')

/** Installs dependencies if they are missing or other than the lock file's. Ends the process with a message when it cannot. */
export async function setup() {
  try {
    await makeComplete()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exit(1)
  }
}

async function makeComplete() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20)
    fail(`Node ${process.versions.node} is too old: BehaveGPT Workbench needs Node 20 or newer to set itself up.`)
  if (complete()) return
  const release = takeLock()
  try {
    // Another set-up may have done the work while we waited for it.
    if (complete()) return
    // Somebody may have installed by hand.
    if (matchesLockFile() && nodeRuns(modules)) writeFileSync(stamp, wanted())
    else await install()
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

/**
 * Installs into a folder of its own, which becomes node_modules only when everything in it is complete: neither a killed set-up nor the npm that
 * it leaves behind can spoil an installation, and programs that run meanwhile keep theirs.
 */
async function install() {
  removeLeftovers()
  const online = await registryAnswers()
  say('Setting up: installing the dependencies of package-lock.json and Node 24 into node_modules (about 1.1 GB) ...')
  if (!online) say('The npm registry does not answer: trying what npm has kept in its cache.')
  const started = Date.now()
  const folder = join(root, `.setup-${process.pid}`)
  const installed = join(folder, 'node_modules')
  mkdirSync(folder)
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(join(root, file), join(folder, file))
    const reason =
      runNpm(folder, online) ?? (nodeRuns(installed) ? undefined : 'its Node 24 does not run on this machine')
    if (reason !== undefined) {
      fail(
        `Set-up failed: ${reason}.`,
        'It needs the npm registry (or a mirror: npm config set registry URL), or, on a machine without network,',
        `the folder node_modules of the same version, copied from a ${process.platform}-${process.arch} machine where "npm run setup" succeeded.`,
      )
    }
    writeFileSync(join(installed, '.setup-stamp'), wanted())
    rmSync(modules, { recursive: true, force: true })
    renameSync(installed, modules)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  say(`Set-up done in ${Math.round((Date.now() - started) / 1000)} s.`)
}

/** Installs in the folder; returns why it could not. */
function runNpm(folder, online) {
  const { status, error } = npm(
    [
      // Not "npm ci": it refuses a lock file that leaves out packages for other platforms, which registries do not always have.
      'install',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...(online ? ['--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--fetch-timeout=60000'] : ['--offline']),
    ],
    ['ignore', 'inherit', 'inherit'],
    folder,
    // Also for the npm that the package "node" starts to fetch its binary.
    online ? {} : { npm_config_offline: 'true' },
  )
  if (error) return `npm could not be started (${error.message})`
  return status === 0 ? undefined : 'npm could not install the dependencies'
}

/** Removes the folders of set-ups that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const [, owner] = /^\.setup-(\d+)$/.exec(name) ?? []
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(root, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

function nodeRuns(installed) {
  const { status, stdout } = spawnSync(nodeIn(installed), ['--version'], { encoding: 'utf8' })
  return status === 0 && stdout.startsWith('v24.')
}

/** Whether somebody answers at the registry's address. Behind a proxy only npm knows how to ask, so it is assumed to be there. */
function registryAnswers() {
  const proxied = ['proxy', 'https-proxy'].some((key) => configured(key) !== 'null')
  if (proxied || ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].some((key) => process.env[key])) return true
  const { protocol, hostname, port } = new URL(configured('registry'))
  return new Promise((answered) => {
    const socket = connect({ host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443), timeout: 8_000 })
    const finish = (answer) => {
      socket.destroy()
      answered(answer)
    }
    socket.on('connect', () => finish(true))
    socket.on('error', () => finish(false))
    socket.on('timeout', () => finish(false))
  })
}

function configured(key) {
  const { stdout, error } = npm(['config', 'get', key, '--loglevel=silent'], ['ignore', 'pipe', 'ignore'], root)
  if (error) fail(`Set-up failed. npm could not be started: ${error.message}. It comes with Node: https://nodejs.org`)
  return stdout.trim()
}

function npm(parameters, stdio, folder, environment = {}) {
  return spawnSync('npm', parameters, {
    cwd: folder,
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

/** What ends a set-up, in words for the person who started it. */
class SetupError extends Error {}

function fail(...lines) {
  throw new SetupError(lines.join('\n'))
}

/** True when the module of this URL is the program itself, also through a symbolic link. */
export function isProgram(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}

if (isProgram(import.meta.url)) await setup()
