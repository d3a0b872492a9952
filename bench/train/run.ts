/**
 * Training speed: tokens per second of our training graph on ONNX Runtime against the same model, optimizer and data in eager PyTorch.
 *
 *     node bench/train/run.ts [--seconds 8] [--rounds 3] [--threads N] [--python /usr/bin/python3] [--only comparison|presets|lengths|calls]
 *
 * The peer (bench/train/peer.py; Debian: python3-torch, libopenblas0-pthread) first asserts that it computes our loss and our gradient. Both sides run in turn, several
 * rounds, so that a change of the machine's speed meets both. A round tells its median step; the tables show each side's best round, and the ratio is the median of
 * those within a round. The processor time beside the wall time says the same on a machine that others use, as long as a side does not wait spinning.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { median } from '../median.ts'
import { type Case, floatingPointOperations, modelOf, writeCase } from './case.ts'
import { measureGemmRate } from './gemm-rate.ts'

interface Measurement {
  /** Seconds of the median step. */
  wall: number
  /** Seconds of a step, on average. */
  cpu: number
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: '/usr/bin/python3' },
    only: { type: 'string' },
  },
})
const threads = Number(values.threads)
const main: Case = { preset: 'small', batch: 64, length: 64 }

function ours(item: Case, stepsPerCall = 1): Measurement {
  const script = fileURLToPath(new URL('./ours.ts', import.meta.url))
  return JSON.parse(
    run(process.execPath, [script, JSON.stringify(item), String(threads), values.seconds, String(stepsPerCall)]),
  )
}

function peer(directory: string, peerThreads: number, update: 'foreach' | 'single'): Measurement {
  const script = fileURLToPath(new URL('./peer.py', import.meta.url))
  return JSON.parse(run(values.python, [script, directory, String(peerThreads), update, values.seconds]))
}

/** The peer gets the processor's own OpenBLAS kernels, whatever this shell says. */
function run(command: string, parameters: string[]): string {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...environment } = process.env
  return execFileSync(command, parameters, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
}

const tokens = ({ batch, length }: Case) => batch * length
const rate = (item: Case, { wall }: Measurement) => Math.round(tokens(item) / wall).toLocaleString('en')
const best = (measurements: readonly Measurement[]): Measurement => ({
  wall: Math.min(...measurements.map(({ wall }) => wall)),
  cpu: Math.min(...measurements.map(({ cpu }) => cpu)),
})

async function compare(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'behavegpt-bench-'))
  try {
    await writeCase(main, directory)
    const settings = [...new Set([1, threads])].flatMap((peerThreads) =>
      (['foreach', 'single'] as const).map((update) => ({ peerThreads, update, results: [] as Measurement[] })),
    )
    const own: Measurement[] = []
    for (let round = 0; round < Number(values.rounds); round++) {
      own.push(ours(main))
      for (const { peerThreads, update, results } of settings) results.push(peer(directory, peerThreads, update))
    }
    const gemmRate = await measureGemmRate(threads)
    const operations = floatingPointOperations(main)
    const us = best(own)
    console.log(
      `\nsmall preset, ${main.batch} x ${main.length} tokens, V = 60, 500 places, ${threads} threads, dropout off`,
    )
    console.log('| side | s/step | processor s/step | tokens/s |\n|---|---|---|---|')
    console.log(
      `| ONNX Runtime, ${threads} threads | ${us.wall.toFixed(3)} | ${us.cpu.toFixed(3)} | ${rate(main, us)} |`,
    )
    for (const { peerThreads, update, results } of settings) {
      const them = best(results)
      console.log(
        `| eager PyTorch, ${peerThreads} threads, AdamW ${update} | ${them.wall.toFixed(3)} | ${them.cpu.toFixed(3)} | ${rate(main, them)} |`,
      )
    }
    const ratios = own.map(({ wall }, round) => Math.min(...settings.map(({ results }) => results[round].wall)) / wall)
    console.log(
      `\nratio to the peer's best setting: ${median(ratios).toFixed(2)} x in wall time (each round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
    )
    console.log(
      `roofline: ${(operations / 1e9).toFixed(1)} GFLOP of matrix products per step over a measured ${(gemmRate / 1e9).toFixed(0)} GFLOP/s ` +
        `= ${(operations / gemmRate).toFixed(3)} s, ${((100 * operations) / gemmRate / us.wall).toFixed(0)} % of our step`,
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function table(title: string, cases: readonly Case[]): void {
  console.log(
    `\n${title}\n| preset | parameters | batch x length | s/step | tokens/s | GFLOP/s |\n|---|---|---|---|---|---|`,
  )
  for (const item of cases) {
    const result = ours(item)
    const { count } = layoutParameters(modelOf(item))
    console.log(
      `| ${item.preset} | ${(count / 1e6).toFixed(2)} M | ${item.batch} x ${item.length} | ${result.wall.toFixed(3)} | ` +
        `${rate(item, result)} | ${(floatingPointOperations(item) / result.wall / 1e9).toFixed(0)} |`,
    )
  }
}

/** What it costs or brings to make several steps in one call, by one Scan; the two take turns. */
function compareCalls(cases: readonly Case[], stepsPerCall: number): void {
  console.log(
    `\nsteps per call\n| preset | batch x length | s/step, 1 | s/step, ${stepsPerCall} | ratio | processor s/step, 1 | ${stepsPerCall} | ratio |\n|---|---|---|---|---|---|---|---|`,
  )
  for (const item of cases) {
    const rounds = Array.from({ length: Number(values.rounds) }, () => [ours(item), ours(item, stepsPerCall)])
    const [single, several] = [0, 1].map((side) => best(rounds.map((round) => round[side])))
    const columns = (['wall', 'cpu'] as const).map(
      (kind) =>
        `${single[kind].toFixed(4)} | ${several[kind].toFixed(4)} | ${(single[kind] / several[kind]).toFixed(2)}`,
    )
    console.log(`| ${item.preset} | ${item.batch} x ${item.length} | ${columns.join(' | ')} |`)
  }
}

if (values.only === undefined || values.only === 'comparison') await compare()
if (values.only === undefined || values.only === 'presets') {
  const presets = ['nano', 'tiny', 'small', 'base'] as const
  table(
    'presets',
    presets.map((preset) => ({ preset, batch: preset === 'base' ? 16 : 64, length: 64 })),
  )
}
if (values.only === undefined || values.only === 'lengths') {
  table(
    'length, 4096 tokens in each batch',
    [32, 64, 128, 256, 512].map((length) => ({ preset: 'small', batch: 4096 / length, length })),
  )
}
if (values.only === undefined || values.only === 'calls') {
  const cases = [
    { preset: 'nano', batch: 64, length: 64 },
    { preset: 'tiny', batch: 64, length: 64 },
    { preset: 'small', batch: 16, length: 64 },
    { preset: 'base', batch: 1, length: 16 },
  ] as const
  compareCalls(cases, 10)
}
