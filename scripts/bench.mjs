// Runs one benchmark: npm run bench -- NAME [ARGUMENTS...]
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { root } from './setup.mjs'

const [name, ...parameters] = process.argv.slice(2)
const names = readdirSync(join(root, 'bench')).filter((entry) => existsSync(join(root, 'bench', entry, 'run.ts')))
if (!names.includes(name)) {
  console.error(
    `${name === undefined ? 'Which benchmark?' : `There is no benchmark ${name}.`} npm run bench -- ${names.join(' | ')}`,
  )
  process.exit(2)
}
await run(join('bench', name, 'run.ts'), parameters, process.env.INIT_CWD)
