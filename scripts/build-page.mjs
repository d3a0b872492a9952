// Builds the page alone, for the web host and for tests: node scripts/build-page.mjs [FOLDER], on Node 24. The folder is out/renderer when absent.
import { resolve } from 'node:path'
import { build } from 'vite'
import config from '../electron.vite.config.ts'

const [folder] = process.argv.slice(2)
const { build: options, ...page } = config.renderer
const outDir = folder === undefined ? options.outDir : resolve(folder)
await build({ configFile: false, logLevel: 'warn', ...page, build: { ...options, outDir } })
