import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { evaluateAll } from '../../src/main/evaluation/compare.ts'
import { importFiles } from '../../src/main/ingest/import.ts'
import { findDataset } from '../../src/main/storage/datasets.ts'
import { listRuns } from '../../src/main/storage/runs.ts'
import type { WriteWorkspace } from '../../src/main/storage/workspace.ts'
import { resumeRun, trainRun } from '../../src/main/training/run.ts'
import { datasetConfiguration, trainConfiguration } from '../../src/shared/configuration.ts'
import type { EvaluationResult } from '../../src/shared/evaluation.ts'
import type { JobContext } from '../../src/shared/progress.ts'

/** A frozen configuration: a file of `configurations/`. What the command gives (dataset, name, seed, device, threads) is not in it. */
const frozenConfiguration = z.strictObject({
  /** What was tried and why these values. */
  about: z.string(),
  train: trainConfiguration.omit({ dataset: true, name: true, seed: true, device: true, threads: true }),
  /** Post-hoc logit adjustments evaluated besides none. */
  adjustments: z.array(z.number()).default([]),
})
export type FrozenConfiguration = z.infer<typeof frozenConfiguration> & { name: string }

/** One trained model as evaluated: a configuration, a seed, an adjustment. */
export interface Measurement {
  configuration: string
  objective: string
  adjustment: number
  seed: number
  evaluation: EvaluationResult
}

/** Reads a configuration; its name is the file's. */
export function readConfiguration(file: string): FrozenConfiguration {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return { name: path.basename(file, '.json'), ...frozenConfiguration.parse(content) }
}

/** Imports the log and builds the dataset of `dataset.json`, unless the workspace has it. Returns the dataset's name. */
export async function prepareDataset(
  workspace: WriteWorkspace,
  folder: string,
  configurationFile: string,
  context: JobContext,
): Promise<string> {
  const name = path.basename(folder)
  const configuration = datasetConfiguration.parse({ ...JSON.parse(readFileSync(configurationFile, 'utf8')), name })
  if (findDataset(workspace.database, name) !== undefined) return name
  const file = path.join(folder, 'events.csv.gz')
  const mapping = { user: 'user_id', time: 'timestamp', event: 'event', location: 'location' }
  await importFiles(workspace, { files: [file], source: name, mapping }, context)
  await buildDataset(workspace, configuration, context)
  return name
}

/** Trains one configuration with one seed, or takes the run that the workspace has from before, and evaluates its best checkpoint on the test targets. */
export async function measure(
  workspace: WriteWorkspace,
  dataset: string,
  { name, train, adjustments }: FrozenConfiguration,
  seed: number,
  threads: number | undefined,
  context: JobContext,
): Promise<Measurement[]> {
  const run = `${dataset} ${name} seed ${seed}`
  const known = listRuns(workspace.database).find((record) => record.name === run)
  if (known === undefined)
    await trainRun(workspace, { ...train, dataset, name: run, seed, device: 'cpu', threads }, context)
  else if (known.status !== 'done') await resumeRun(workspace, { run }, context)
  const all = [0, ...adjustments]
  const evaluated = await evaluateAll(
    workspace,
    {
      runs: all.map((adjustment) => ({ run, adjustment })),
      split: 'test',
      checkpoint: 'best',
      groupRule: 'share',
      bootstrapSamples: 1000,
      seed: 1,
      device: 'cpu',
    },
    context,
  )
  return evaluated.map(({ evaluation }, index) => ({
    configuration: name,
    objective: train.objective.name,
    adjustment: all[index],
    seed,
    evaluation,
  }))
}

/** Why a dataset cannot be used, or undefined. */
export function missingData(folder: string): string | undefined {
  const file = path.join(folder, 'events.csv.gz')
  return existsSync(file) ? undefined : `${file} is not there`
}
