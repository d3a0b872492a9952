/** Imports one file into a new workspace in a process of its own and prints its peak memory. */
import { importFiles } from '../../src/main/ingest/import.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { silentContext } from '../../src/shared/progress.ts'

const [directory, file] = process.argv.slice(2)
{
  using workspace = openWorkspace(directory, { mode: 'write', create: true })
  await importFiles(workspace, { files: [file] }, silentContext)
}
console.log(JSON.stringify({ peakMegabytes: process.resourceUsage().maxRSS / 1e3 }))
