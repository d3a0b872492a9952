import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { importFiles } from '../../src/main/ingest/import.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { batchOfWindows } from '../../src/main/prediction/history.ts'
import { predictAfter, predictNext } from '../../src/main/prediction/predict.ts'
import { openPredictor, type Predictor } from '../../src/main/prediction/predictor.ts'
import { scoreUsers } from '../../src/main/prediction/score.ts'
import { readStoredHistory } from '../../src/main/prediction/stored-history.ts'
import { topBehaviours } from '../../src/main/prediction/top-behaviours.ts'
import { batchesOfSimilarLength, type UserWindow, userWindows } from '../../src/main/prediction/user-windows.ts'
import { parseSimulationParameters } from '../../src/main/simulation/process.ts'
import { writeSimulatedLog } from '../../src/main/simulation/simulate.ts'
import { openWorkspace, type WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { loadParameters } from '../../src/main/training/run-directory.ts'
import { datasetConfiguration, presetNames } from '../../src/shared/configuration.ts'
import { habitDecays } from '../../src/shared/habit.ts'
import { silentContext } from '../../src/shared/progress.ts'

/*
 * How fast is prediction? One user's next behaviour (p50, p99) and users per second of batch scoring, against the same model on the same batches in eager PyTorch.
 *
 *   node bench/predict/run.ts [--users 5000] [--events 400000] [--preset small] [--batch 64] [--threads N] [--python /usr/bin/python3]
 *
 * The peer reads batches that lie ready in memory and only computes logits, softmax and top 10; "computing" is the same of ours, "scoring" is all of our work: reading
 * the log, encoding, computing, storing. Both sides get the better of one thread and all; they run one after another.
 */

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '5000' },
    events: { type: 'string', default: '400000' },
    preset: { type: 'string', default: 'small' },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
})
const options = {
  users: Number(values.users),
  events: Number(values.events),
  preset: presetNames.find((name) => name === values.preset) ?? 'small',
  batch: Number(values.batch),
  threads: Number(values.threads),
}
const top = 10
/** Users of whom one prediction each is timed. */
const timedUsers = 500

interface Measurement {
  threads: number
  usersPerSecond: number
  /** Processor time of computing, per user: unlike the rate, hardly worse on a busy machine. */
  cpuMilliseconds: number
  p50: number
  p99: number
}

const folder = mkdtempSync(join(tmpdir(), 'bench-predict-'))
try {
  using workspace = openWorkspace(join(folder, 'workspace'), { mode: 'write', create: true })
  await prepareRun(workspace)
  const threadCounts = [...new Set([1, options.threads])]
  const batches = await exportForPeer(workspace)
  const ours: Measurement[] = []
  for (const threads of threadCounts) ours.push(await measureOurs(workspace, batches, threads))
  const peers = threadCounts.map(measurePeer)
  const scoring = await measureScoring(workspace, best(ours).threads)
  report(ours, peers, scoring, await measureColdStart(workspace))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** A simulated log, its dataset, and a run of the preset's size; one step of training, since the speed does not depend on what was learnt. */
async function prepareRun(workspace: WriteWorkspace): Promise<void> {
  const log = join(folder, 'log.csv')
  const { users, events } = options
  await writeSimulatedLog(log, parseSimulationParameters({ users, events }), silentContext)
  await importFiles(workspace, { files: [log], simulated: true }, silentContext)
  await buildDataset(workspace, datasetConfiguration.parse({ name: 'log' }), silentContext)
  await trainRun(
    workspace,
    { dataset: 'log', name: 'run', model: { preset: options.preset }, steps: 1, batch: 8, device: 'cpu' },
    silentContext,
  )
}

function open(workspace: WriteWorkspace, threads: number): Promise<Predictor> {
  return openPredictor(workspace, { run: 'run', checkpoint: 'last', device: 'cpu', threads }, silentContext)
}

/** Cuts all users into batches, and writes them and the parameters where the peer finds them. */
async function exportForPeer(workspace: WriteWorkspace): Promise<UserWindow[][]> {
  const predictor = await open(workspace, 1)
  const { run, dataset, encoder } = predictor
  const windows = userWindows(workspace.database, dataset.configuration, encoder, run.model.length, undefined)
  const batches = [...batchesOfSimilarLength(windows, options.batch)]
  const write = (name: string, data: Int32Array | Float32Array) =>
    writeFileSync(join(folder, 'peer', `${name}.bin`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  const sizes = { behaviours: encoder.behaviours, slotsPerDay: dataset.slotsPerDay, targetTime: undefined }
  const shapes: { size: number; length: number }[] = []
  mkdirSync(join(folder, 'peer'))
  for (const [index, users] of batches.entries()) {
    const batch = batchOfWindows(
      users.map(({ window }) => window),
      sizes,
    )
    shapes.push({ size: batch.size, length: batch.length })
    for (const field of ['behaviour', 'location', 'weekday', 'slot', 'priorCounts'] as const) {
      write(`${field}-${index}`, batch[field])
    }
  }
  write('parameters', loadParameters(run, 'last'))
  const [{ behaviour: logits }] = await predictor.next([batches[0][0].window], undefined)
  write('logits', logits)
  const { slices } = layoutParameters(run.model)
  writeFileSync(
    join(folder, 'peer', 'case.json'),
    JSON.stringify({ model: run.model, slices, habitDecays, shapes, top, timedUsers }),
  )
  await predictor.dispose()
  return batches
}

async function measureOurs(workspace: WriteWorkspace, batches: UserWindow[][], threads: number): Promise<Measurement> {
  const predictor = await open(workspace, threads)
  const compute = async (users: readonly UserWindow[]) => {
    const logits = await predictor.next(
      users.map(({ window }) => window),
      undefined,
    )
    return logits.map(({ behaviour }) => topBehaviours(behaviour, top))
  }
  await compute(batches[0])
  const started = performance.now()
  const cpu = process.cpuUsage()
  for (const users of batches) await compute(users)
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - started) / 1000

  const names = batches.flat().map(({ user }) => user)
  const times: number[] = []
  for (const name of names.slice(0, timedUsers)) {
    const start = performance.now()
    const history = readStoredHistory(workspace.database, predictor.dataset.configuration, name)
    await predictAfter(predictor, history, top, undefined)
    times.push(performance.now() - start)
  }
  await predictor.dispose()
  return {
    threads,
    usersPerSecond: names.length / seconds,
    cpuMilliseconds: (user + system) / 1000 / names.length,
    ...percentiles(times),
  }
}

function measurePeer(threads: number): Measurement {
  const script = fileURLToPath(new URL('./peer.py', import.meta.url))
  const environment = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) }
  const output = execFileSync(values.python, [script, join(folder, 'peer'), String(threads)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { seconds, cpuSeconds, users, times } = JSON.parse(output.toString()) as Record<string, number> & {
    times: number[]
  }
  return {
    threads,
    usersPerSecond: users / seconds,
    cpuMilliseconds: (1000 * cpuSeconds) / users,
    ...percentiles(times),
  }
}

async function measureScoring(workspace: WriteWorkspace, threads: number): Promise<number> {
  const { batch } = options
  const result = await scoreUsers(workspace, { run: 'run', checkpoint: 'last', top, batch, threads }, silentContext)
  return result.usersPerSecond
}

/** Seconds of one whole predictNext: opening run, dataset and session included. */
async function measureColdStart(workspace: WriteWorkspace): Promise<number> {
  const started = performance.now()
  const history = [{ behaviour: 'nothing known', time: '2025-03-01T08:00' }]
  await predictNext(workspace, { run: 'run', checkpoint: 'last', history }, silentContext)
  return (performance.now() - started) / 1000
}

function percentiles(times: readonly number[]): { p50: number; p99: number } {
  const sorted = [...times].sort((left, right) => left - right)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { p50: at(0.5), p99: at(0.99) }
}

function best(measurements: readonly Measurement[]): Measurement {
  return measurements.reduce((left, right) => (right.usersPerSecond > left.usersPerSecond ? right : left))
}

function report(ours: readonly Measurement[], peers: readonly Measurement[], scoring: number, coldStart: number): void {
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`
  const rate = (value: number) => `${Math.round(value)} users/s`
  const perThreads = ours.flatMap((own, index) => {
    const peer = peers[index]
    const threads = `${own.threads} ${own.threads === 1 ? 'thread' : 'threads'}`
    return [
      [
        `computing, ${threads}`,
        rate(own.usersPerSecond),
        rate(peer.usersPerSecond),
        ratio(own.usersPerSecond, peer.usersPerSecond),
      ],
      [
        `processor time per user, ${threads}`,
        milliseconds(own.cpuMilliseconds),
        milliseconds(peer.cpuMilliseconds),
        ratio(peer.cpuMilliseconds, own.cpuMilliseconds),
      ],
      [`one user, ${threads}, p50`, milliseconds(own.p50), milliseconds(peer.p50), ratio(peer.p50, own.p50)],
      [`one user, ${threads}, p99`, milliseconds(own.p99), milliseconds(peer.p99), ratio(peer.p99, own.p99)],
    ]
  })
  const [ourBest, peerBest] = [best(ours), best(peers)]
  const rows = [
    ['', 'ours', 'PyTorch, eager', 'ratio'],
    ...perThreads,
    [
      'computing, best',
      rate(ourBest.usersPerSecond),
      rate(peerBest.usersPerSecond),
      ratio(ourBest.usersPerSecond, peerBest.usersPerSecond),
    ],
    ['scoring, log to stored scores', rate(scoring), '', ratio(scoring, peerBest.usersPerSecond)],
    ['one user, program start excluded, nothing open', `${coldStart.toFixed(2)} s`, '', ''],
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const { users, events, preset, batch } = options
  console.log(`${cpus()[0].model}; ${users} users, ${events} events, preset ${preset}, batches of ${batch}, top ${top}`)
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
}

/** How much better `left` is, both counted so that more is better. */
function ratio(left: number, right: number): string {
  return (left / right).toFixed(2)
}
