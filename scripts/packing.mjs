// What goes into a packed application: packed by electron-builder itself around a stand-in for Electron, so that no download is needed.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { extractFile, getRawHeader } from '@electron/asar'
import { Arch, build, Platform } from 'electron-builder'
import configuration from '../electron-builder.config.mjs'
import { root } from './setup.mjs'

/**
 * One packed file.
 * @typedef {{ path: string, bytes: number, unpacked: boolean, system?: string }} PackedFile `system` is that of a native binary: `linux-x64`, or several joined by `+`.
 */

const platforms = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC }

/**
 * Packs for `target` (`linux-x64`, `win32-arm64`, ...) and lists what is in the archive and beside it.
 * @param {string} target
 * @returns {Promise<PackedFile[]>}
 */
export async function listPacked(target) {
  const [platform, arch] = target.split('-')
  const folder = mkdtempSync(join(tmpdir(), 'behavegpt-pack-'))
  try {
    const resources = await packInto(folder, platform, arch)
    return readPacked(join(resources, 'app.asar'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function packInto(folder, platform, arch) {
  const electronDist = join(folder, 'electron')
  standInFor(electronDist, platform)
  const output = join(folder, 'out')
  await build({
    projectDir: root,
    targets: platforms[platform].createTarget('dir', Arch[arch]),
    config: {
      ...configuration,
      electronDist,
      // There is no program in which fuses could be set or whose icon could be changed.
      electronFuses: null,
      disableAsarIntegrity: true,
      directories: { output, buildResources: join(folder, 'none') },
      win: { ...configuration.win, signAndEditExecutable: false },
      mac: { ...configuration.mac, identity: null, icon: null },
    },
  })
  return folderOf(output, 'app.asar')
}

/** The files that electron-builder expects of Electron. */
function standInFor(folder, platform) {
  const helpers = ['', ' (Renderer)', ' (Plugin)', ' (GPU)'].map((kind) => `Electron Helper${kind}`)
  const application = (path, name) => [`${path}/Contents/Info.plist`, `${path}/Contents/MacOS/${name}`]
  const files = {
    linux: ['electron', 'LICENSE', 'locales/en-US.pak'],
    win32: ['electron.exe', 'LICENSE', 'locales/en-US.pak'],
    darwin: [
      ...application('Electron.app', 'Electron'),
      ...helpers.flatMap((name) => application(`Electron.app/Contents/Frameworks/${name}.app`, name)),
      'Electron.app/Contents/Resources/en.lproj/locale.pak',
      'Electron.app/Contents/Frameworks/Electron Framework.framework/Versions/A/Resources/en.lproj/locale.pak',
    ],
  }[platform]
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), file.endsWith('.plist') ? emptyPlist : '', { mode: 0o755 })
  }
}

const emptyPlist =
  '<?xml version="1.0"?><plist version="1.0"><dict><key>CFBundleName</key><string>Electron</string></dict></plist>'

function folderOf(start, name) {
  const found = readdirSync(start, { recursive: true }).find((file) => file.split(sep).at(-1) === name)
  if (found === undefined) throw new Error(`electron-builder made no ${name}`)
  return join(start, found, '..')
}

/** @returns {PackedFile[]} */
function readPacked(archive) {
  const files = []
  const visit = (folder, entries) => {
    for (const [name, entry] of Object.entries(entries)) {
      const path = `${folder}${name}`
      if (entry.files !== undefined) visit(`${path}/`, entry.files)
      else if (entry.link === undefined) files.push(describe(archive, path, entry))
    }
  }
  visit('', getRawHeader(archive).header.files)
  return files
}

function describe(archive, path, { size, unpacked = false }) {
  const head = unpacked
    ? firstBytes(join(`${archive}.unpacked`, path))
    : extractFile(archive, path.split('/').join(sep)).subarray(0, headBytes)
  return { path, bytes: size, unpacked, system: systemOf(head) }
}

const headBytes = 4_096

function firstBytes(file) {
  const buffer = Buffer.alloc(Math.min(headBytes, statSync(file).size))
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, buffer)
  } finally {
    closeSync(descriptor)
  }
  return buffer
}

const elfMachines = { 62: 'x64', 183: 'arm64', 3: 'ia32', 40: 'arm' }
const peMachines = { 34404: 'x64', 43620: 'arm64', 332: 'ia32' }
const machMachines = { 16777223: 'x64', 16777228: 'arm64' }

/**
 * The system that a native binary is for, by its first bytes; undefined for anything else.
 * @param {Buffer} head
 * @returns {string | undefined}
 */
export function systemOf(head) {
  if (head.length < 64) return undefined
  if (head.readUInt32BE(0) === 0x7f454c46) return `linux-${elfMachines[head.readUInt16LE(18)] ?? 'unknown'}`
  if (head.readUInt32LE(0) === 0xfeedfacf) return `darwin-${machMachines[head.readUInt32LE(4)] ?? 'unknown'}`
  // Universal; a Java class begins in the same way, with a version where this has a small count.
  if (head.readUInt32BE(0) === 0xcafebabe && head.readUInt32BE(4) < 8) {
    const count = head.readUInt32BE(4)
    const machines = Array.from(
      { length: count },
      (_, index) => machMachines[head.readUInt32BE(8 + 20 * index)] ?? 'unknown',
    )
    return `darwin-${machines.join('+')}`
  }
  if (head.toString('latin1', 0, 2) === 'MZ') {
    const start = head.readUInt32LE(60)
    if (start + 6 > head.length || head.toString('latin1', start, start + 4) !== 'PE\0\0') return undefined
    return `win32-${peMachines[head.readUInt16LE(start + 4)] ?? 'unknown'}`
  }
  return undefined
}

/** Where packed files may be. */
const expected = [
  /^package\.json$/,
  /^out\/(main|preload|renderer)\//,
  /^out\/\.built$/,
  /^resources\/(report|icons)\//,
  /^node_modules\//,
]
/** What people who run the program have no use for, or must not get. */
const unwanted = [
  [/\.(map|d\.[cm]?ts|tsbuildinfo)$/, 'for developers'],
  [/(^|\/)(\.env|\.npmrc|\.git)/, 'private'],
  [/\.(pem|key|p12|db|onnx|safetensors|csv|parquet)$/, 'data or a key'],
  [
    /^node_modules\/(electron|electron-builder|vite|vitest|typescript|playwright-core|@biomejs|vue|naive-ui)\//,
    'of a development dependency',
  ],
]
/** Native code without which the program does not start. */
const needed = [
  ['ONNX Runtime', /^node_modules\/onnxruntime-node\/bin\/.*onnxruntime_binding\.node$/],
  ['DuckDB', /^node_modules\/@duckdb\/node-bindings-[^/]*\/duckdb\.node$/],
  ['SQLite', /^node_modules\/better-sqlite3\/prebuilds\/.*\.node$/],
]
/** The whole of it, without Electron; the binaries of DirectML and ONNX Runtime make up most. */
const mostMegabytes = 320

/**
 * What is wrong with a list of packed files; nothing when it may be shipped.
 * @param {readonly PackedFile[]} files
 * @param {string} target
 * @returns {string[]}
 */
export function complaintsAbout(files, target) {
  const complaints = []
  for (const { path, unpacked, system } of files) {
    if (!expected.some((pattern) => pattern.test(path))) complaints.push(`${path} is not expected`)
    const [, why] = unwanted.find(([pattern]) => pattern.test(path)) ?? []
    if (why !== undefined) complaints.push(`${path} is ${why}`)
    if (system === undefined) continue
    if (!isFor(system, target)) complaints.push(`${path} is for ${system}, not for ${target}`)
    if (!unpacked) complaints.push(`${path} is native code inside the archive, where it cannot be loaded`)
  }
  for (const [name, pattern] of needed) {
    if (!files.some(({ path, system }) => pattern.test(path) && isFor(system, target)))
      complaints.push(`the binary of ${name} for ${target} is missing: pack on that system, where npm installs it`)
  }
  for (const file of [
    'out/main/index.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    'resources/report/report.html',
  ])
    if (!files.some(({ path }) => path === file)) complaints.push(`${file} is missing`)
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
  if (megabytes > mostMegabytes)
    complaints.push(`${megabytes.toFixed(0)} MB are more than the ${mostMegabytes} MB expected`)
  return complaints
}

/** Whether a binary runs on a target; universal ones name several processors. */
function isFor(system, target) {
  const [platform, processors = ''] = (system ?? '').split('-')
  const [wanted, processor] = target.split('-')
  return platform === wanted && processors.split('+').includes(processor)
}

/** `node_modules/@scope/name/...` belongs to `node_modules/@scope/name`, everything else to its first two folders. */
export function groupOf(path) {
  const parts = path.split('/')
  return parts.slice(0, parts[0] === 'node_modules' && parts[1].startsWith('@') ? 3 : 2).join('/')
}
