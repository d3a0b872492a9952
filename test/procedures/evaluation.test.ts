import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareStored } from '../../src/main/evaluation/compare.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import * as evaluation from '../../src/main/procedures/evaluation.ts'
import { findRun } from '../../src/main/storage/runs.ts'
import { checkpointDirectory } from '../../src/main/training/checkpoints.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { runDirectory } from '../../src/main/training/run-directory.ts'
import { createWorkbench } from '../../src/main/workbench.ts'
import { storedComparison } from '../../src/shared/evaluation.ts'
import { pauseReason, silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from '../training/training-workspace.ts'

let log: LogWorkspace
beforeAll(async () => {
  log = await createTrainingWorkspace()
})
afterAll(() => log[Symbol.dispose]())

/** What the pages are told of the evaluations of a run's best checkpoint. */
async function told(run: string) {
  const workbench = createWorkbench(log.directory)
  const overview = await workbench.call(evaluation.overview, { split: 'test', rule: 'share' }, silentContext)
  const shown = await workbench.call(evaluation.show, { run }, silentContext)
  const listed = await workbench.call(evaluation.list, { run }, silentContext)
  const options = storedComparison.parse({ runs: ['other', run], bootstrapSamples: 100 })
  const compared = await compareStored(log.workspace, options, silentContext)
  return {
    overview: overview.find(({ name }) => name === run)!.evaluation!.isStale,
    shown: shown.isStale,
    listed: listed[0].isStale,
    compared: compared.isStale,
  }
}

test('an evaluation of parameters that training has replaced since is marked wherever it is shown, until it is made again', async () => {
  const evaluate = (run: string) => evaluateRun(log.workspace, { run, bootstrapSamples: 0 }, silentContext)
  await trainRun(log.workspace, smallRun({ name: 'other', steps: 10 }), silentContext)
  await evaluate('other')
  const context = recordingContext((progress, controller) => {
    if (progress.done >= 15) controller.abort(pauseReason)
  })
  await trainRun(log.workspace, smallRun({ name: 'run' }), context)
  await evaluate('run')
  expect(await told('run')).toEqual({ overview: false, shown: false, listed: false, compared: [false, false] })

  // The step tells, and not the clocks of the machines, which may disagree.
  const { database } = log.workspace
  database.execute(
    `UPDATE evaluations SET created_at = '2020-01-01T00:00:00.000Z', result = json_set(result, '$.createdAt', '2020-01-01T00:00:00.000Z')`,
  )
  expect(await told('run')).toEqual({ overview: false, shown: false, listed: false, compared: [false, false] })

  await resumeRun(log.workspace, { run: 'run' }, silentContext)
  expect(await told('run')).toEqual({ overview: true, shown: true, listed: true, compared: [false, true] })

  await evaluate('run')
  expect(await told('run')).toEqual({ overview: false, shown: false, listed: false, compared: [false, false] })
})

test('an evaluation from before the step of its checkpoint was kept is marked by the time of the checkpoint', async () => {
  const { database } = log.workspace
  database.execute(`UPDATE evaluations SET result = json_remove(result, '$.checkpointStep')`)
  expect(await told('run')).toMatchObject({ overview: false, listed: false })
  database.execute(`UPDATE evaluations SET created_at = '2020-01-01T00:00:00.000Z'`)
  expect(await told('run')).toMatchObject({ overview: true, listed: true })
})

test('a checkpoint that is damaged or gone replaced nothing, and hides no figures of its run', async () => {
  const { id } = findRun(log.workspace.database, 'run')
  const best = checkpointDirectory(runDirectory(log.workspace, id), 'best')
  writeFileSync(path.join(best, 'parameters.safetensors'), 'damaged')
  writeFileSync(path.join(best, 'state.json'), '{')
  expect(await told('run')).toMatchObject({ overview: false, shown: false, listed: false })
  rmSync(best, { recursive: true })
  expect(await told('run')).toMatchObject({ overview: false, shown: false, listed: false })
})
