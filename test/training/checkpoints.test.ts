import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSafetensors } from '../../src/main/storage/safetensors.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadCheckpointState, loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import { createLogWorkspace, type LogWorkspace } from '../support/log-workspace.ts'
import {
  buildSmallDataset,
  createTrainingWorkspace,
  recordingContext,
  smallLog,
  smallRun,
} from './training-workspace.ts'

let log: LogWorkspace
let directory: string
const last = () => path.join(directory, 'checkpoints', 'last')
const resume = (checkpoint?: 'last' | 'previous') => resumeRun(log.workspace, { run: 'run', checkpoint }, silentContext)

/** A run that was paused between step 7 and 9, with checkpoints of every step. */
beforeEach(async () => {
  log = await createTrainingWorkspace()
  const context = recordingContext(({ done }, controller) => {
    if (done >= 7) controller.abort(pauseReason)
  })
  await trainRun(log.workspace, smallRun({ steps: 12, checkpointEvery: 1, evaluateEvery: 3 }), context)
  directory = loadRun(log.workspace, 'run').directory
})
afterEach(() => log[Symbol.dispose]())

/** Changes one byte in the middle of a file. */
function flipByte(file: string) {
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] ^= 0x10
  writeFileSync(file, bytes)
}

describe('a damaged checkpoint is refused by name', () => {
  const damages: [string, (file: string) => void][] = [
    ['one byte is another', flipByte],
    ['it ends early', (file) => truncateSync(file, 40)],
    ['its last byte is missing', (file) => truncateSync(file, readFileSync(file).length - 2)],
    ['it is empty', (file) => writeFileSync(file, '')],
    ['it is missing', (file) => rmSync(file)],
  ]

  test.each(['parameters.safetensors', 'optimizer.safetensors', 'state.json'])('%s', async (name) => {
    const file = path.join(last(), name)
    const intact = readFileSync(file)
    for (const [what, damage] of damages) {
      damage(file)
      const failure = await resume().catch((error) => error)
      expect(failure, what).toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining(file),
        hint: expect.stringContaining('previous'),
      })
      writeFileSync(file, intact)
    }
    expect(loadRun(log.workspace, 'run').status).toBe('paused')
  })

  test('files of two checkpoints do not mix', async () => {
    copyFileSync(
      path.join(directory, 'checkpoints', 'previous', 'optimizer.safetensors'),
      path.join(last(), 'optimizer.safetensors'),
    )
    await expect(resume()).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining('of step') })
  })

  test('the checkpoint before it is used when asked for, and gives the same run', async () => {
    truncateSync(path.join(last(), 'parameters.safetensors'), 100)
    await resume('previous')
    await trainRun(log.workspace, smallRun({ name: 'whole', steps: 12, evaluateEvery: 3 }), silentContext)
    expect(loadParameters(loadRun(log.workspace, 'run'), 'last')).toEqual(
      loadParameters(loadRun(log.workspace, 'whole'), 'last'),
    )
  })

  test('run.json too', () => {
    const file = path.join(directory, 'run.json')
    const text = readFileSync(file, 'utf8')
    for (const damaged of ['', '{', text.replace('"threads": 1', '"threads": "one"'), text.slice(0, 300)]) {
      writeFileSync(file, damaged)
      expect(() => loadRun(log.workspace, 'run')).toThrow(
        expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(file) }),
      )
    }
  })
})

test('a crash between the two renames of a replacement loses nothing', async () => {
  const { step } = loadCheckpointState(loadRun(log.workspace, 'run'), 'last')
  renameSync(last(), path.join(directory, 'checkpoints', '.last.previous'))
  const run = loadRun(log.workspace, 'run')
  expect(loadCheckpointState(run, 'last').step).toBe(step)
  expect(loadParameters(run, 'last').length).toBe(run.parameterCount)
  expect(await resume()).toMatchObject({ status: 'done', step: 12 })
  expect(existsSync(path.join(directory, 'checkpoints', '.last.previous'))).toBe(false)
})

test('a checkpoint that there is not yet is said to be missing', () => {
  rmSync(path.join(directory, 'checkpoints', 'best'), { recursive: true })
  expect(() => loadParameters(loadRun(log.workspace, 'run'), 'best')).toThrow(
    expect.objectContaining({ code: 'not-found', message: expect.stringContaining('"best"') }),
  )
})

test('a dataset that is not the one of the start is refused', async () => {
  const file = path.join(directory, 'run.json')
  const hash = loadRun(log.workspace, 'run').dataset.contentHash
  writeFileSync(file, readFileSync(file, 'utf8').replace(hash, hash.replaceAll(/[0-9a-f]/g, '0')))
  await expect(resume()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('content hash') })
})

test('parameters are named tensors that other tools can read', () => {
  const file = openSafetensors(path.join(directory, 'checkpoints', 'best', 'parameters.safetensors'))
  expect(file.tensors.get('head.output.bias')).toMatchObject({ type: 'F32', shape: [10] })
  expect(file.metadata).toEqual({ step: '6' })
})

/** A small file system of memory on the directory, or why there is none. */
function mountSmallDisk(directory: string, megabytes: number): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch (error) {
    return `a small file system cannot be mounted here: ${(error as Error).message.split('\n')[0]}`
  }
}

test('a disk that is full stops the run with its last checkpoint intact; with room again it goes on', async (context) => {
  const disk = mkdtempSync(path.join(tmpdir(), 'behavegpt-disk-'))
  const refusal = mountSmallDisk(disk, 8)
  if (refusal !== undefined) {
    rmSync(disk, { recursive: true })
    console.log(`Skipped: ${refusal}.`)
    return context.skip(refusal)
  }
  try {
    using small = createLogWorkspace(disk)
    const { workspace } = small
    small.addSource('small', smallLog(), { simulated: true })
    await buildSmallDataset(workspace)
    const filler = path.join(disk, 'filler')
    const fill = recordingContext(({ stage, done }) => {
      if (stage.template !== 'validating' || done !== 6) return
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(4096))
      } catch {}
    })
    const failure = await trainRun(workspace, smallRun({ steps: 12, evaluateEvery: 3 }), fill).catch((error) => error)
    expect(failure).toMatchObject({ code: 'storage', message: expect.stringContaining('disk is full') })
    const run = loadRun(workspace, 'run')
    expect(loadCheckpointState(run, 'last').step).toBe(3)
    expect(readdirSync(path.join(run.directory, 'checkpoints')).sort()).toEqual(['best', 'last', 'previous'])

    rmSync(filler)
    // A full disk could not give the lock back either; it ends with the process, which here goes on.
    workspace.database.execute('DELETE FROM locks')
    await resumeRun(workspace, { run: 'run' }, silentContext)
    await trainRun(log.workspace, smallRun({ name: 'whole', steps: 12, evaluateEvery: 3 }), silentContext)
    const whole = loadParameters(loadRun(log.workspace, 'whole'), 'last')
    expect(loadParameters(loadRun(workspace, 'run'), 'last')).toEqual(whole)
  } finally {
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true })
  }
})
