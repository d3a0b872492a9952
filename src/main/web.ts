/** Web host: the workbench for a browser on this machine. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { JobSupervisor } from './jobs/supervisor.ts'
import { FileAccess } from './procedures/file-access.ts'
import { createWebServer } from './web/server.ts'
import { createWorkbench } from './workbench.ts'

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: process.env.BEHAVEGPT_WORKSPACE ?? 'workspace' },
    port: { type: 'string', default: '0' },
    'allow-folder': { type: 'string' },
    token: { type: 'string' },
    /** Folder of the built page. */
    page: { type: 'string', default: path.join(import.meta.dirname, '../../out/renderer') },
  },
})
const root = path.join(import.meta.dirname, '../..')
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const directory = path.resolve(values.workspace)
const jobs = new JobSupervisor(directory)
const files = new FileAccess(directory, values['allow-folder'])
const { host } = createWorkbench(directory, { kind: 'web', version, jobs, files })
const token = values.token ?? randomBytes(24).toString('base64url')
const server = createWebServer({ host, page: path.resolve(values.page), token })
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : values.port
  console.log(`http://127.0.0.1:${port}/?token=${token}`)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    server.close()
    void jobs.close().then(() => process.exit(0))
  })
}
