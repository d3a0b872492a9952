import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSafetensors } from '../../src/main/storage/safetensors.ts'
import { pauseReason, resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadCheckpointState, loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from './training-workspace.ts'

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
