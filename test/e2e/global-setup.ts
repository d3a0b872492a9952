import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { browserProgram } from './browser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the built page. */
    page: string
    /** A workspace with a small simulated log, the dataset `sample`, and the evaluated runs `ce` and `dro-kl`; copied by each scenario. */
    sample: string
  }
}

const root = path.join(import.meta.dirname, '../..')

/** Builds the page and the sample workspace once for all scenarios. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-e2e-'))
  const page = path.join(folder, 'page')
  const sample = path.join(folder, 'sample')
  if (browserProgram !== undefined) {
    run(path.join(root, 'scripts/build-page.mjs'), page)
    const command = (...words: string[]) => run(path.join(root, 'src/main/cli.ts'), ...words, '--workspace', sample)
    command('simulate', '--events', '6000', '--users', '40', '--days', '28', '--behaviours', '30')
    command('dataset', 'build', '--name', 'sample', '--length', '16')
    for (const objective of ['ce', 'dro-kl']) {
      const size = ['--preset', 'nano', '--stream-width', '8', '--epochs', '2', '--batch', '16']
      command('train', '--dataset', 'sample', '--run', objective, '--objective', objective, '--device', 'cpu', ...size)
      command('evaluate', '--run', objective, '--bootstrap', '100')
    }
  }
  project.provide('page', page)
  project.provide('sample', sample)
  return () => rmSync(folder, { recursive: true, force: true })
}

function run(...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} failed:\n${stderr}`)
}
