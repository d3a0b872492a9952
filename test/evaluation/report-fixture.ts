import type { Dataset } from '../../src/main/dataset/types.ts'
import { adjustmentShift } from '../../src/main/evaluation/adjustment.ts'
import { baselinePredictions } from '../../src/main/evaluation/baselines.ts'
import { compareEvaluated } from '../../src/main/evaluation/paired.ts'
import { type ReportDocument, type ReportInput, reportDocument } from '../../src/main/evaluation/report/document.ts'
import { countTargets, scoreTargets, type TargetStream } from '../../src/main/evaluation/score-targets.ts'
import { summarise } from '../../src/main/evaluation/summary.ts'
import { uniformGenerator } from '../../src/main/model/random.ts'
import { groupClasses } from '../../src/shared/long-tail.ts'
import { verbatim } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { RunHistory } from '../../src/shared/runs.ts'
import { type FakeEvent, fakeBatches, fakeDataset } from './fake-dataset.ts'

/** Two invented runs on an invented log: `ce` follows the class frequencies, `dro-kl` trades some of them for the tail. */
export interface ReportFixture {
  dataset: Dataset
  groups: Uint8Array
  inputs: ReportInput[]
  document: ReportDocument
}

export interface FixtureSizes {
  classes: number
  users: number
  events: number
  samples: number
  names?: readonly string[]
}

export async function reportFixture(sizes: FixtureSizes): Promise<ReportFixture> {
  const dataset = longTailDataset(sizes)
  const groups = groupClasses(dataset.trainingCounts, 'share')
  const inputs = [
    await inventedRun(dataset, groups, { name: 'ce', objective: 'ce', lift: 0 }, sizes.samples),
    await inventedRun(dataset, groups, { name: 'dro-kl', objective: 'dro-kl', lift: 0.35 }, sizes.samples),
  ]
  const comparison = await compareEvaluated(inputs, groups, { samples: sizes.samples, seed: 1 }, silentContext)
  return { dataset, groups, inputs, document: reportDocument(dataset, inputs, groups, comparison, '0.0.0') }
}

/** Zipf frequencies; every user prefers some behaviours. */
function longTailDataset({ classes, users, events, names }: FixtureSizes): Dataset {
  const uniform = uniformGenerator('log')
  const draw = () => Math.min(classes - 1, Math.floor(classes ** uniform() - 1))
  const histories = Array.from({ length: users }, () => {
    const favourites = Array.from({ length: 4 }, draw)
    return Array.from({ length: events }, (_, index): FakeEvent => {
      const id = uniform() < 0.5 ? favourites[Math.floor(uniform() * 4)] : draw()
      if (index < events * 0.8) return [id, 'train']
      return index < events * 0.9 ? [id, 'valid'] : [uniform() < 0.01 ? classes : id, 'test']
    })
  })
  const dataset = fakeDataset(classes, histories)
  return {
    ...dataset,
    name: 'invented log',
    simulated: true,
    behaviours: dataset.behaviours.map((name, id) => names?.[id] ?? name),
  }
}

async function inventedRun(
  dataset: Dataset,
  groups: Uint8Array,
  { name, objective, lift }: { name: string; objective: 'ce' | 'dro-kl'; lift: number },
  samples: number,
): Promise<ReportInput> {
  const classes = dataset.behaviours.length
  const shift = adjustmentShift(
    dataset.trainingCounts.map((count) => count + 1),
    lift,
  )
  const stream: TargetStream = {
    batches: fakeBatches(dataset, 'test'),
    async logits(batch) {
      const uniform = uniformGenerator('logits', batch.event[1])
      const logits = new Float32Array(2 * classes)
      for (let id = 0; id < classes; id += 1) {
        logits[classes + id] = Math.log(dataset.trainingCounts[id] + 1) + 2 * uniform() + shift[id]
      }
      if (uniform() < 0.4) logits[classes + batch.target[1]] += 3
      return logits
    },
  }
  const predictions = await scoreTargets(
    stream,
    countTargets(dataset, 'test'),
    new Float64Array(classes),
    shift.map((value) => -value),
    { stage: verbatim(''), context: silentContext },
  )
  const figures = await summarise(
    predictions,
    baselinePredictions(dataset, predictions),
    groups,
    { samples, seed: 1 },
    silentContext,
  )
  return {
    predictions,
    history: inventedHistory(lift),
    evaluation: {
      run: {
        id: `run-${name}`,
        name,
        objective: { name: objective, parameters: lift ? { rho: 0.1 } : {}, decay: 0.9, updateEvery: 10 },
        seed: 1,
      },
      dataset: { id: dataset.id, name: dataset.name, contentHash: dataset.contentHash },
      split: 'test',
      checkpoint: 'best',
      selectBy: 'nll',
      rule: 'share',
      adjustment: 0,
      device: 'cpu',
      simulated: dataset.simulated,
      parametersHash: name,
      createdAt: '2025-01-01T00:00:00.000Z',
      seconds: 1,
      ...figures,
      priorCorrection: { fittedOnTargets: 100, iterations: 10, converged: true },
      bootstrap: { samples, seed: 1 },
      bayes: { accuracy: 0.4, expectedAccuracy: 0.4, nll: 3.2, macroRecall: 0.2 },
    },
  }
}

function inventedHistory(lift: number): RunHistory {
  const uniform = uniformGenerator('history', Math.round(100 * lift))
  const steps = Array.from({ length: 600 }, (_, index) => index + 1)
  const fall = (step: number) => 1.8 * Math.exp(-step / 150)
  return {
    steps: steps.map((step) => ({
      step,
      loss: 3 + lift + fall(step) + 0.2 * (uniform() - 0.5),
      learningRate: 1e-3,
      gradientNorm: 1,
      tokensPerSecond: 6000,
    })),
    groups: steps
      .filter((step) => step % 10 === 0)
      .flatMap((step) =>
        ['head', 'middle', 'tail'].map((name, index) => ({
          step,
          name,
          loss: 2 + 1.6 * index + fall(step) - lift * index,
          weight: 1 + lift * (index - 0.6) * (1 - fall(step) / 2),
        })),
      ),
    validations: steps
      .filter((step) => step % 100 === 0)
      .map((step) => ({ step, nll: 3.1 + fall(step), accuracy: 0.2, macroRecall: 0.1, targets: 1000 })),
    headSteps: [],
    headValidations: [],
  }
}
