// Builds main process, preload and page into out/, with electron-vite. As a program: npm run build [-- --if-needed]
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProgram, node, root, setup } from './setup.mjs'

/** What out/ was built from. */
const stamp = join(root, 'out', '.built')

/** Held while building; contains the process id of the holder. */
const lock = join(root, '.setup-build')

/** Builds, unless out/ was built from exactly these sources. Ends the process with the builder's words when it cannot. */
export function buildIfNeeded() {
  if (isBuilt()) return
  const release = takeLock()
  try {
    // Another start may have built while we waited for it.
    if (isBuilt()) return
    console.error('Building the workbench ...')
    build()
  } finally {
    release()
  }
}

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()
}

function build() {
  const wanted = fingerprint()
  // A build that is killed halfway is not taken for one.
  rmSync(stamp, { force: true })
  const { status, stdout, stderr } = spawnSync(
    node,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) {
    rmSync(lock, { force: true })
    console.error(`The build failed.\n${stdout}${stderr}`)
    process.exit(1)
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Waits until no other living process builds. Returns how to give the lock back. */
function takeLock() {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return () => rmSync(lock, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (!isHeld()) rmSync(lock, { force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
}

/** Whether the process that wrote the lock still runs; one that is just being written counts. */
function isHeld() {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    if (holder > 0) process.kill(holder, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** A hash of everything that a build reads. */
function fingerprint() {
  const hash = createHash('sha256')
  const files = ['package-lock.json', 'electron.vite.config.ts', ...filesIn('src')].sort()
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesIn(name) : [name]
  })
}

if (isProgram(import.meta.url)) {
  await setup()
  if (!process.argv.includes('--if-needed')) rmSync(stamp, { force: true })
  buildIfNeeded()
}
