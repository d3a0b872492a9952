import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { changeSettings } from '../../src/main/storage/settings.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { browserProgram } from './browser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A workspace with a small simulated log, the dataset `sample`, and the evaluated runs `ce` and `dro-kl`; copied by each scenario. */
    sample: string
  }
}

const root = path.join(import.meta.dirname, '../..')

/** Makes the sample workspace, once for all scenarios. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-e2e-'))
  const sample = path.join(folder, 'sample')
  if (browserProgram !== undefined) await makeSample(sample)
  project.provide('sample', sample)
  return () => rmSync(folder, { recursive: true, force: true })
}

async function makeSample(workspace: string): Promise<void> {
  const command = (...words: string[]) => run(path.join(root, 'out/main/cli.js'), ...words, '--workspace', workspace)
  await command('simulate', '--events', '6000', '--users', '40', '--days', '28', '--behaviours', '30')
  await command('dataset', 'build', '--name', 'sample', '--length', '16')
  const size = ['--preset', 'nano', '--stream-width', '8', '--epochs', '2', '--batch', '16']
  const train = (objective: string) =>
    command(
      'train',
      ...['--dataset', 'sample', '--run', objective, '--objective', objective],
      ...['--device', 'cpu', '--threads', '1', ...size],
    )
  const evaluate = (run: string) => command('evaluate', '--run', run, '--bootstrap', '100')
  await train('ce')
  await Promise.all([evaluate('ce'), train('dro-kl').then(() => evaluate('dro-kl'))])
  // So small a model trains faster on one core, and leaves the other to the browser.
  using opened = openWorkspace(workspace, { mode: 'write' })
  changeSettings(opened.database, { threads: 1 })
}

/** Throws what the command said when it fails. */
const run = (...words: string[]) => promisify(execFile)(process.execPath, words, { cwd: root })
