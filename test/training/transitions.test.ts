import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openDataset } from '../../src/main/dataset/open.ts'
import { countTransitions } from '../../src/main/dataset/transition-counts.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import { loadTransitions } from '../../src/main/training/transitions-file.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
  return () => log[Symbol.dispose]()
})

const options = (name: string, transitions = true) =>
  smallRun({ name, model: { preset: 'nano', streamWidth: 4, layers: 1, heads: 2, transitions } })
const train = (name: string, transitions = true) => trainRun(log.workspace, options(name, transitions), silentContext)
const fileOf = (name: string) => path.join(loadRun(log.workspace, name).directory, 'transitions.safetensors')

test('a run keeps the counts of its training period beside its checkpoints, outside its parameters', async () => {
  const { parameterCount } = await train('with')
  const run = loadRun(log.workspace, 'with')
  expect(loadTransitions(run)).toEqual(countTransitions(openDataset(log.workspace, 'small')))
  const without = await train('without', false)
  expect(parameterCount - without.parameterCount).toBe(16 + 3 + 4)
  expect(loadTransitions(loadRun(log.workspace, 'without'))).toBeUndefined()
})

test('an interrupted run reads them again and ends with the same bits', async () => {
  await train('whole')
  const context = recordingContext(({ done }, controller) => {
    if (done >= 13) controller.abort(pauseReason)
  })
  expect(await trainRun(log.workspace, options('run'), context)).toMatchObject({ status: 'paused' })
  await resumeRun(log.workspace, { run: 'run' }, silentContext)
  const last = (name: string) => loadParameters(loadRun(log.workspace, name), 'last')
  expect(last('run')).toEqual(last('whole'))
})

test('several steps in one call of the device give the same bits', async () => {
  await train('one')
  await trainRun(log.workspace, { ...options('seven'), stepsPerCall: 7 }, silentContext)
  const last = (name: string) => loadParameters(loadRun(log.workspace, name), 'last')
  expect(last('seven')).toEqual(last('one'))
})

test('an evaluation gives the figures of the last validation', async () => {
  const { validation } = await train('run')
  const evaluation = await evaluateRun(
    log.workspace,
    { run: 'run', split: 'valid', checkpoint: 'last', bootstrapSamples: 0 },
    silentContext,
  )
  expect(evaluation.nll).toBeCloseTo(validation!.metrics.nll, 5)
  expect(evaluation.accuracy).toBeCloseTo(validation!.metrics.accuracy, 10)
})

test.each([
  ['is missing', (file: string) => rmSync(file)],
  [
    'was changed',
    (file: string) => {
      const bytes = readFileSync(file)
      bytes[bytes.length - 1] ^= 1
      writeFileSync(file, bytes)
    },
  ],
])('a file of counts that %s is an error that names it', async (_, damage) => {
  await train('run')
  damage(fileOf('run'))
  await expect(evaluateRun(log.workspace, { run: 'run' }, silentContext)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('transitions.safetensors'),
  })
})
