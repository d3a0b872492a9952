import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { openDataset } from '../../src/main/dataset/open.ts'
import { evaluateRun } from '../../src/main/evaluation/evaluate.ts'
import { readPredictions } from '../../src/main/evaluation/predictions-file.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { loadParameters, loadRun } from '../../src/main/training/run-directory.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { createLogWorkspace, type LogEvent } from '../support/log-workspace.ts'
import { buildSmallDataset, smallLog, smallRun } from './training-workspace.ts'

/** The whole way from a log to trained parameters and predictions, with every part of the model that reads a history. */
async function trained(log: LogEvent[]) {
  using workspace = createLogWorkspace()
  workspace.addSource('small', log)
  await buildSmallDataset(workspace.workspace)
  const model = { ...smallRun().model, transitions: true }
  await trainRun(workspace.workspace, smallRun({ model, steps: 12, evaluateEvery: 6 }), silentContext)
  const evaluation = await evaluateRun(workspace.workspace, { run: 'run', bootstrapSamples: 0 }, silentContext)
  const dataset = openDataset(workspace.workspace, 'small')
  const run = loadRun(workspace.workspace, 'run')
  const { event, predicted, logProbability, rank } = readPredictions(`${run.directory}/evaluations/test.safetensors`, {
    contentHash: dataset.contentHash,
    parametersHash: evaluation.parametersHash,
  })
  const predictions = new Map(
    Array.from(event, (id, row) => [id, [predicted[row], rank[row], logProbability[row]] as const]),
  )
  return { parameters: loadParameters(run, 'last'), predictions, dataset }
}

describe('what happens later', () => {
  const log = [...smallLog()].sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.time - b.time))
  let base: Awaited<ReturnType<typeof trained>>
  beforeAll(async () => {
    base = await trained(log)
  })

  test('changes no trained parameter and no prediction of a test target before it', async () => {
    const firstTest = Date.parse(`${base.dataset.manifest.boundaries!.test}Z`)
    const future = [...log.keys()].filter((index) => log[index].time >= firstTest)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...future),
        fc.constantFrom('behaviour 9', 'new'),
        async (changed, behaviour) => {
          const other = log.map((event, index) =>
            index === changed ? { ...event, behaviour, location: 'elsewhere' } : event,
          )
          const { parameters, predictions, dataset } = await trained(other)
          expect(parameters).toEqual(base.parameters)
          // The last event of a user is nobody's history: no other prediction moves. Any other one moves those after it.
          const { userOffsets } = dataset
          const next = userOffsets.find((offset) => offset > changed)!
          let compared = 0
          for (const [event, [predicted, rank, logProbability]] of predictions) {
            if (event >= changed && event < next) continue
            const [basePredicted, baseRank, baseLogProbability] = base.predictions.get(event)!
            expect([predicted, rank], `target ${event}`).toEqual([basePredicted, baseRank])
            expect(logProbability).toBeCloseTo(baseLogProbability, 5)
            compared++
          }
          expect(compared).toBeGreaterThan(100)
        },
      ),
      { numRuns: 4 },
    )
  })

  test('while an event of the training period changes the parameters: the comparison can tell', async () => {
    const other = log.map((event, index) => (index === 3 ? { ...event, behaviour: 'behaviour 9' } : event))
    expect((await trained(other)).parameters).not.toEqual(base.parameters)
  })
})
