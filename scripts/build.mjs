// Builds main process, preload and page into out/, with electron-vite. As a program: npm run build
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProgram, node, root, setup } from './setup.mjs'

/** What out/ was built from. */
const stamp = join(root, 'out', '.built')

/** Builds, unless out/ was built from exactly these sources. Ends the process with the builder's words when it cannot. */
export function buildIfNeeded() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Building the workbench ...')
  build()
}

export function build() {
  const wanted = fingerprint()
  // A build that is killed halfway is not taken for one.
  rmSync(stamp, { force: true })
  const { status, stdout, stderr } = spawnSync(
    node,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) {
    console.error(`The build failed.\n${stdout}${stderr}`)
    process.exit(1)
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, wanted)
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
  build()
}
