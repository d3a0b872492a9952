import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findRun, readRunHistory } from '../../src/main/storage/runs.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { createTrainingWorkspace, smallRun } from './training-workspace.ts'

const script = fileURLToPath(new URL('./train-child.ts', import.meta.url))

/** Starts a child that trains; resolves once it trains. */
async function startChild(...parameters: string[]): Promise<ChildProcess> {
  const child = fork(script, parameters, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await Promise.race([once(child, 'message'), once(child, 'exit')])
  return child
}

/** Kills the child after a while, unless it is done before. Returns whether it was killed. */
async function killAfter(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const exit = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
  await Promise.race([exit, setTimeout(milliseconds)])
  child.kill('SIGKILL')
  await exit
  return child.signalCode === 'SIGKILL'
}

test.each([
  ['one step per call', { checkpointEvery: 2 }],
  ['seven steps per call', { stepsPerCall: 7, checkpointEvery: 5, objective: { name: 'dro-chi2', updateEvery: 6 } }],
] as const)(
  'a run of %s killed at random moments, again and again, ends with the parameters of the run that was left alone',
  async (_, changes) => {
    using log = await createTrainingWorkspace()
    // A checkpoint every few steps: most kills fall into the writing of one.
    const configuration = smallRun({
      name: 'killed',
      steps: 200,
      evaluateEvery: 50,
      objective: { name: 'dro-chi2', updateEvery: 3 },
      ...changes,
    })
    let child = await startChild(log.directory, 'train', JSON.stringify(configuration))
    const kills: { after: number; status: string; step: number }[] = []
    for (let kill = 0; kill < 4; kill++) {
      const after = Math.round(Math.random() * 400)
      if (!(await killAfter(child, after))) break
      const { status, step } = findRun(log.workspace.database, 'killed')
      // Killed after its last word.
      if (status === 'done') break
      kills.push({ after, status, step })
      expect(status).toBe('interrupted')
      child = await startChild(log.directory, 'resume', 'killed')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(findRun(log.workspace.database, 'killed').status, `after the kills ${JSON.stringify(kills)}`).toBe('done')
    expect(kills.length).toBeGreaterThan(0)

    await trainRun(
      log.workspace,
      { ...configuration, name: 'alone', checkpointEvery: undefined, stepsPerCall: 1 },
      silentContext,
    )
    const [killed, alone] = ['killed', 'alone'].map((name) => loadRun(log.workspace, name))
    for (const checkpoint of ['last', 'best'] as const) {
      expect(loadParameters(killed, checkpoint), JSON.stringify(kills)).toEqual(loadParameters(alone, checkpoint))
    }
    const [killedHistory, aloneHistory] = [killed, alone].map(({ id }) => readRunHistory(log.workspace.database, id))
    expect(killedHistory.validations).toEqual(aloneHistory.validations)
    expect(killedHistory.steps.map(({ step, loss }) => [step, loss])).toEqual(
      aloneHistory.steps.map(({ step, loss }) => [step, loss]),
    )
  },
  120_000,
)
