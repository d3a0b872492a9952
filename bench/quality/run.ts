import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { render } from '../../src/shared/phrase.ts'
import type { JobContext, Progress } from '../../src/shared/progress.ts'
import { type Measurement, measure, missingData, prepareDataset, readConfiguration } from './experiment.ts'
import { picture, summarise, table } from './front.ts'

/**
 * Accuracy against macro recall of every objective on one log: imports, builds, trains each frozen configuration with several seeds, evaluates on the test period, and
 * writes a table, the Pareto front as a picture, and every figure as JSON.
 *
 *   node bench/quality/run.ts ../shared/data/lbsn_jakarta --workspace /tmp/quality
 *
 * With --workspace, runs that are there already are taken as they are, and an interrupted one goes on.
 */
const here = import.meta.dirname
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Names or files of configurations; all of bench/quality/configurations when absent. */
    configuration: { type: 'string', multiple: true },
    dataset: { type: 'string', default: path.join(here, 'dataset.json') },
    seeds: { type: 'string', default: '1,2,3' },
    threads: { type: 'string' },
    workspace: { type: 'string' },
    /** Folder of results.json, table.md and front.svg; bench/results/quality/LOG when absent. */
    output: { type: 'string' },
  },
})

const [folder] = positionals
if (folder === undefined) {
  console.error('Which log? node bench/quality/run.ts ../shared/data/lbsn_jakarta')
  process.exit(2)
}
const missing = missingData(folder)
if (missing !== undefined) {
  console.log(`Skipped: ${missing}.`)
  process.exit(0)
}

const name = path.basename(path.resolve(folder))
const output = values.output ?? path.join(here, '..', 'results', 'quality', name)
const directory = values.workspace ?? mkdtempSync(path.join(tmpdir(), 'behavegpt-quality-'))
const controller = new AbortController()
process.once('SIGINT', () => controller.abort('cancel'))

try {
  mkdirSync(directory, { recursive: true })
  using workspace = openWorkspace(directory, { mode: 'write', create: true })
  const dataset = await prepareDataset(workspace, path.resolve(folder), values.dataset, contextOf('dataset'))
  const measurements: Measurement[] = []
  for (const file of configurationFiles()) {
    const configuration = readConfiguration(file)
    for (const seed of values.seeds.split(',').map(Number)) {
      const context = contextOf(`${configuration.name} seed ${seed}`)
      const threads = values.threads === undefined ? undefined : Number(values.threads)
      const started = performance.now()
      const measured = await measure(workspace, dataset, configuration, seed, threads, context)
      const [{ evaluation }] = measured
      const minutes = ((performance.now() - started) / 60_000).toFixed(1)
      console.error(
        `\r\x1b[K${configuration.name} seed ${seed}: accuracy ${evaluation.accuracy.toFixed(4)}, macro recall ${evaluation.macroRecall.toFixed(4)}, NLL ${evaluation.nll.toFixed(4)} (${minutes} min)`,
      )
      measurements.push(...measured)
      writeResults(measurements)
    }
  }
  console.log(table(summarise(measurements)))
  console.log(`\nWritten: ${path.relative('.', output)}/{results.json,table.md,front.svg}`)
} finally {
  if (values.workspace === undefined) rmSync(directory, { recursive: true, force: true })
}

function configurationFiles(): string[] {
  const all = path.join(here, 'configurations')
  const chosen = values.configuration ?? readdirSync(all).sort()
  return chosen.map((entry) => {
    if (entry.includes(path.sep)) return path.resolve(entry)
    return path.join(all, entry.endsWith('.json') ? entry : `${entry}.json`)
  })
}

/** After every run, so that an interrupted command leaves what it has measured. */
function writeResults(measurements: readonly Measurement[]): void {
  const points = summarise(measurements)
  mkdirSync(output, { recursive: true })
  writeFileSync(
    path.join(output, 'results.json'),
    `${JSON.stringify({ dataset: name, points, measurements }, null, 1)}\n`,
  )
  writeFileSync(path.join(output, 'table.md'), `${table(points)}\n`)
  writeFileSync(path.join(output, 'front.svg'), picture(`${name}: test targets, mean of the seeds`, points))
}

function contextOf(what: string): JobContext {
  let shownAt = 0
  return {
    signal: controller.signal,
    warn: (message) => console.error(`\r\x1b[K${what}: ${render(message)}`),
    report(progress: Progress) {
      if (!process.stderr.isTTY || performance.now() - shownAt < 500) return
      shownAt = performance.now()
      const left = progress.secondsLeft === undefined ? '' : `, ${Math.ceil(progress.secondsLeft / 60)} min left`
      process.stderr.write(
        `\r\x1b[K${what}: ${render(progress.stage)} ${progress.done}/${progress.total ?? '?'} ${progress.unit}${left}`,
      )
    },
  }
}
