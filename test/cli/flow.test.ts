import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobRecord } from '../../src/shared/jobs.ts'
import { CliFolder, type CliResult } from './run-cli.ts'

/** One workspace through all commands, in the order of a first piece of work: each test builds on those before it. */
const folder = new CliFolder()
afterAll(() => folder[Symbol.dispose]())

async function succeed(words: string, options?: { input?: string }): Promise<CliResult> {
  const result = await folder.run(words.split(' '), options)
  expect(result.code, `${words}: ${result.stderr}`).toBe(0)
  return result
}

/** The document of a command that succeeds. */
async function documentOf<Document>(words: string, options?: { input?: string }): Promise<Document> {
  return (await succeed(`${words} --json`, options)).document() as Document
}

const tinyModel = '--stream-width 4 --layers 1 --heads 1 --device cpu --threads 1 --batch 8'

beforeAll(() => {
  const lines = ['who,when,what,where']
  const behaviours = ['unlock', 'message', 'video', 'music']
  for (let event = 0; event < 600; event++) {
    const time = new Date(Date.UTC(2024, 0, 1) + event * 1_000_000).toISOString().slice(0, 19)
    const behaviour = event === 590 ? 'never before' : behaviours[(event * event + (event % 7)) % behaviours.length]
    lines.push(`user ${event % 12},${time},${behaviour},${event % 3 ? 'home' : 'work'}`)
  }
  lines.push('user 1,no time at all,unlock,home', lines[1])
  writeFileSync(path.join(folder.directory, 'log.csv'), `${lines.join('\n')}\n`)
})

describe('import', () => {
  const mapping = '--user-column who --time-column when --event-column what --location-column where'

  test('--dry-run shows what would happen and writes nothing', async () => {
    const { stdout } = await succeed(`import log.csv --dry-run ${mapping}`)
    expect(stdout).toMatch(/first rows/i)
    expect(stdout).toContain('no time at all')
    expect(existsSync(folder.workspace)).toBe(false)
  })

  test('counts events, duplicates and refused rows', async () => {
    expect(await documentOf(`import log.csv --source phones ${mapping}`)).toMatchObject({
      name: 'phones',
      rows: 602,
      events: 600,
      duplicates: 1,
      rejected: 1,
      simulated: false,
    })
  })

  test('refuses the same content again, with a hint, and says so before', async () => {
    const { stdout } = await succeed(`import log.csv --dry-run --source again ${mapping}`)
    expect(stdout).toMatch(/Without --dry-run the same command is refused: .*source phones holds the same content/)
    expect(stdout).not.toContain('imports.')
    const result = await folder.run(`import log.csv --source again ${mapping} --json`.split(' '))
    expect(result.code).toBe(1)
    expect(result.document()).toMatchObject({ error: { code: 'conflict', hint: expect.any(String) } })
  })

  test('--rejects lists refused rows and writes them to a file', async () => {
    expect(await documentOf('import --rejects --source phones')).toMatchObject([{ line: 602, field: 'when' }])
    expect((await succeed('import --rejects --source phones')).stdout).toContain('no time at all')
    await succeed('import --rejects --source phones --output refused.csv')
    expect(readFileSync(path.join(folder.directory, 'refused.csv'), 'utf8')).toContain('no time at all')
  })

  test('logs and sources describe what is there', async () => {
    expect(await documentOf('logs')).toMatchObject({ events: 600, users: 12, behaviours: 5, locations: 2 })
    expect((await succeed('logs')).stdout).toMatch(/Gini.*rank +behaviour.*Rule share.*weekday/s)
    expect(await documentOf('sources')).toMatchObject([{ name: 'phones', events: 600, users: 12 }])
    expect((await succeed('sources')).stdout).toMatch(/^id +source +events +users .*\n *1 +phones +600 +12 /)
    expect(await documentOf('sources show phones')).toMatchObject({ mapping: { user: 'who' } })
  })
})

describe('dataset', () => {
  test('build is repeatable: the second build finds the first', async () => {
    const first = await documentOf<{ id: string; existed: boolean }>('dataset build --name phones --length 16')
    const second = await documentOf<{ id: string; existed: boolean }>('dataset build --name phones --length 16')
    expect(second).toEqual({ ...first, existed: true })
    expect(await documentOf('dataset list')).toMatchObject([{ id: first.id, names: ['phones'] }])
    expect(await documentOf('dataset show phones --verify')).toMatchObject({ id: first.id, counts: { users: 12 } })
  })
})

describe('train', () => {
  test('trains, with progress on standard error only', async () => {
    const result = await succeed(`train --dataset phones --run ce --epochs 2 ${tinyModel} --json`)
    expect(result.document()).toMatchObject({ name: 'ce', status: 'done', device: 'cpu' })
    await succeed(
      `train --dataset phones --run dro --objective dro-kl --rho 0.1 --update-every 2 --epochs 2 ${tinyModel}`,
    )
    expect(await documentOf('runs')).toMatchObject([{ status: 'done' }, { status: 'done' }])
    expect(await documentOf('runs show dro')).toMatchObject({
      name: 'dro',
      objectiveParameters: { rho: 0.1 },
      history: { validations: expect.any(Array) },
    })
    expect((await succeed('runs')).stdout).toMatch(/ce .*done/)
    const unlisted = path.join(folder.workspace, 'runs', '20250101-000000-abcdef')
    mkdirSync(unlisted)
    writeFileSync(path.join(unlisted, 'run.json'), '{}')
    expect((await succeed('runs')).stderr).toContain('does not list what these folders hold')
    expect((await succeed('runs')).stderr).toContain(unlisted)
    rmSync(unlisted, { recursive: true })
    expect((await succeed('runs')).stderr).toBe('')
  })

  test('an interrupt saves, ends with 130 and leaves a run that can be taken up again', async () => {
    const { process: child, ended } = folder.start([
      ...`train --dataset phones --run long --steps 100000 --checkpoint-every 5 ${tinyModel} --json`.split(' '),
    ])
    await runningJob('train')
    child.kill('SIGINT')
    const result = await ended
    expect(result.code, result.stderr).toBe(130)
    expect(result.document()).toMatchObject({ error: { code: 'cancelled', hint: expect.stringContaining('--resume') } })
    expect(await documentOf('jobs')).toContainEqual(expect.objectContaining({ kind: 'train', state: 'cancelled' }))
    expect((await succeed('runs')).stdout).toContain('behavegpt train --resume')
  })

  test('when the command line is killed, its training pauses by itself and keeps its checkpoint', async () => {
    const { process: child, ended } = folder.start(['train', '--resume', 'long'])
    const job = await runningJob('resume-training')
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
    await until(() => !isAlive(job.pid))
    const [latest] = await documentOf<JobRecord[]>('jobs')
    expect(latest).toMatchObject({ id: job.id, state: 'paused' })
  })

  test('when its process is killed, the command line says so and the job is shown as interrupted', async () => {
    const { ended } = folder.start(['train', '--resume', 'long', '--json'])
    const job = await runningJob('resume-training')
    process.kill(job.pid, 'SIGKILL')
    const result = await ended
    expect(result.code).toBe(1)
    expect(result.document()).toMatchObject({
      error: {
        code: 'crashed',
        message: expect.stringMatching(/^The process of the job "resumed training" \(\d+\) ended without.* SIGKILL/),
      },
    })
    expect(await documentOf(`jobs show ${job.id}`)).toMatchObject({ state: 'interrupted' })
    expect((await succeed('jobs')).stdout).toContain('behavegpt train --resume long')
  })

  test('a run is trained by one process at a time, and another process can stop it', async () => {
    const { ended } = folder.start(['train', '--resume', 'long'])
    const job = await runningJob('resume-training')
    const second = await folder.run(['train', '--resume', 'long', '--json'])
    expect(second.code).toBe(1)
    expect(second.document()).toMatchObject({
      error: { code: 'locked', message: expect.stringContaining(String(job.pid)) },
    })
    await succeed(`jobs cancel ${job.id}`)
    expect((await ended).code).toBe(130)
  })
})

describe('after training', () => {
  test('evaluate has the documented figures', async () => {
    const document = await documentOf<Record<string, unknown>>('evaluate --run ce --device cpu --bootstrap 20')
    const names =
      'targets unseenTargets accuracy macroRecall macroPrecision weightedPrecision macroF1 ndcg@10 hr@10 mrr nll ece groups baselines intervals'
    for (const name of names.split(' ')) expect(document, name).toHaveProperty([name])
    expect(document).toMatchObject({
      unseenTargets: 1,
      groups: { head: { classes: expect.any(Number), targets: expect.any(Number) }, tail: {} },
    })
    for (const name of ['mostFrequent', 'repeatLast', 'markov', 'userMostFrequent']) {
      expect(document.baselines).toHaveProperty([name, 'accuracy'])
      expect(document.baselines).toHaveProperty([name, 'macroRecall'])
    }
    expect((await succeed('evaluate --run ce --device cpu --bootstrap 20')).stdout).toMatch(
      /by training frequency \(head:/,
    )
  })

  test('compare and report', async () => {
    expect(await documentOf('compare ce dro ce@0.5 --device cpu --bootstrap 100')).toMatchObject({
      others: [{ differences: { accuracy: {} } }, { evaluation: { adjustment: 0.5 } }],
    })
    const { page } = await documentOf<{ page: string }>('report ce dro --output report --device cpu --bootstrap 100')
    expect(readFileSync(page, 'utf8')).toContain('<html')
  })

  test('predict answers for a user of the log and for a sequence from standard input', async () => {
    const result = await folder.run(['predict', '--run', 'ce', '--user', 'user 1', '--top', '2', '--json'])
    expect(result.document()).toMatchObject({ user: 'user 1', predictions: [{ rank: 1 }, { rank: 2 }] })
    const { stdout } = await folder.run(['predict', '--run', 'ce', '--user', 'user 1'])
    expect(stdout).toMatch(/^history +50 events of the user "user 1", /m)
    const unknown = await folder.run(['predict', '--run', 'ce', '--user', 'somebody'])
    expect(unknown.stderr).toContain('The list of logs (behavegpt sources) shows how many users each source has.')
    const input =
      '[{"time": "2024-02-01T08:00:00", "event": "unlock"}, {"time": "2024-02-01T08:01:00", "event": "teleport"}]'
    expect(await documentOf('predict --run ce --input - --top 1', { input })).toMatchObject({
      user: null,
      history: { events: 2, unknownBehaviours: [{ name: 'teleport', events: 1 }] },
    })
  })

  test('score and export write their files', async () => {
    expect(await documentOf('score --run ce --top 2 --output scores.csv')).toMatchObject({ users: 12, scores: 24 })
    expect(readFileSync(path.join(folder.directory, 'scores.csv'), 'utf8').split('\n')).toHaveLength(26)
    expect(await documentOf('export --run ce --to model.onnx')).toMatchObject({ behaviours: 4 })
    expect(existsSync(path.join(folder.directory, 'model.onnx'))).toBe(true)
  })

  test('removing a source leaves the dataset as it is', async () => {
    await succeed('sources remove phones')
    expect(await documentOf('sources')).toEqual([])
    await succeed('dataset show phones --verify')
  })

  test('a run is removed by itself, a dataset with the runs on it where that is asked', async () => {
    expect(await documentOf('runs remove dro')).toMatchObject({ name: 'dro' })
    const refused = await folder.run('dataset remove phones --json'.split(' '))
    expect(refused.code).toBe(1)
    expect(refused.document()).toMatchObject({
      error: { code: 'conflict', hint: expect.stringContaining('--with-runs') },
    })
    expect((await succeed('dataset remove phones --with-runs')).stdout).toMatch(/Removed run .*Removed dataset phones/s)
    expect(await documentOf('runs')).toEqual([])
    expect(await documentOf('dataset list')).toEqual([])
    expect(readdirSync(path.join(folder.workspace, 'runs'))).toEqual([])
    expect(readdirSync(path.join(folder.workspace, 'datasets'))).toEqual([])
  })

  test('nothing half-written is left', () => {
    expect(readdirSync(path.join(folder.workspace, 'temporary'))).toEqual([])
    expect(readdirSync(folder.directory).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

/** Waits for the newest job to be a running one of this kind that has made progress. */
async function runningJob(kind: string): Promise<JobRecord> {
  const { openWorkspace } = await import('../../src/main/storage/workspace.ts')
  const { listJobs } = await import('../../src/main/storage/jobs.ts')
  let found: JobRecord | undefined
  await until(() => {
    using workspace = openWorkspace(folder.workspace, { mode: 'read' })
    const [latest] = listJobs(workspace.database, 1)
    if (latest?.kind === kind && latest.state === 'running' && (latest.progress?.done ?? 0) > 0) found = latest
    return found !== undefined
  })
  return found!
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 50_000
  while (!holds()) {
    expect(Date.now(), 'waited too long').toBeLessThan(deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}
