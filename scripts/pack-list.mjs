// npm run pack:list: what a packed application would hold, and what is wrong with it. Needs no Electron. Runs on the project's Node 24.
import { buildIfNeeded } from './build.mjs'
import { fail, readOptions } from './options.mjs'
import { complaintsAbout, groupOf, listPacked } from './packing.mjs'

const usage = `npm run pack:list [-- OPTIONS]      what a packed application would hold, and what is wrong with it

  --target SYSTEM   linux-x64, linux-arm64, win32-x64, win32-arm64, darwin-x64 or darwin-arm64 (default: this system)
  --json            one JSON document on standard output
  -h, --help        print this help`
const values = readOptions(usage, {
  target: { type: 'string', default: `${process.platform}-${process.arch}` },
  json: { type: 'boolean' },
})
if (!/^(linux|win32|darwin)-(x64|arm64)$/.test(values.target)) fail(`${values.target} is no target`, usage)
buildIfNeeded()
// electron-builder tells what it does on standard output, which is the list's.
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)
const files = await listPacked(values.target)
process.stdout.write = write
const complaints = complaintsAbout(files, values.target)
const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
if (values.json) console.log(JSON.stringify({ target: values.target, bytes, files, complaints }))
else {
  console.log(`${values.target}, without Electron itself: ${files.length} files, ${megabytes(bytes)}\n`)
  for (const [group, size] of sizes()) console.log(`${megabytes(size).padStart(10)}  ${group}`)
  const native = files.filter(({ system }) => system !== undefined)
  console.log('\nNative code, beside the archive:')
  for (const file of native) console.log(`${megabytes(file.bytes).padStart(10)}  ${file.system}  ${file.path}`)
}
for (const complaint of complaints) console.error(`wrong: ${complaint}`)
// What electron-builder loads ends a process that has nothing left to do with 0, whatever its exit code: so it ends here, once all is said.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((said) => stream.write('', said))))
process.exit(complaints.length === 0 ? 0 : 1)

function sizes() {
  const sum = new Map()
  for (const { path, bytes } of files) sum.set(groupOf(path), (sum.get(groupOf(path)) ?? 0) + bytes)
  return [...sum].sort((a, b) => b[1] - a[1])
}

function megabytes(size) {
  return `${(size / 1e6).toFixed(2)} MB`
}
