// Installs what the project needs, once: run by every npm script, with any Node >= 20 and nothing installed yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules', '.setup-stamp')
export const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The hash of the lock file and platform that node_modules was last installed for. */
function wanted() {
  const hash = createHash('sha256')
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)))
  return hash.update(`${process.platform}-${process.arch}`).digest('hex')
}

/** Installs dependencies if they are missing or older than the lock file. Exits with a message when it cannot. */
export function setup() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) {
    console.error(
      `Node ${process.versions.node} is too old: BehaveGPT Workbench needs Node 20 or newer to set itself up.`,
    )
    process.exit(1)
  }
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (installed === wanted() && existsSync(node)) return
  console.error(
    'Setting up: installing the dependencies of package-lock.json and Node 24 into node_modules (about 830 MB) ...',
  )
  const started = Date.now()
  const install = spawnSync(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=60000'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
      // The CUDA provider libraries of onnxruntime-node are a separate, explicit download.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', NODE_ENV: 'development' },
    },
  )
  if (install.status !== 0 || !existsSync(node)) {
    console.error(
      [
        '',
        'Set-up failed: the dependencies could not be installed.',
        existsSync(join(root, 'node_modules')) ? 'node_modules is incomplete.' : 'node_modules is missing.',
        'This step needs the npm registry (or a mirror: npm config set registry URL), or, on a machine without network,',
        `the folder node_modules of the same version, copied from a ${process.platform}-${process.arch} machine where "npm run setup" succeeded.`,
      ].join('\n'),
    )
    process.exit(1)
  }
  writeFileSync(stamp, wanted())
  console.error(`Set-up done in ${Math.round((Date.now() - started) / 1000)} s.`)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) setup()
