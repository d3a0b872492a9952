import assert from 'node:assert'
import { readFile, writeFile } from 'node:fs/promises'
import packageDocument from '../../../package.json' with { type: 'json' }
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { parseOptions } from '../../shared/options.ts'
import { phrase } from '../../shared/phrase.ts'
import { type ExportOptionsInput, type ExportResult, exportOptions } from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import { openDataset } from '../dataset/open.ts'
import type { Batch } from '../dataset/types.ts'
import { createInference } from '../engine/inference.ts'
import { createRunner } from '../engine/runner.ts'
import type { CompiledGraph } from '../model/compiled-graph.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import { compileInference } from '../model/inference.ts'
import { uniformGenerator } from '../model/random.ts'
import { writeFileAtomic } from '../storage/files.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { loadParameters, loadRun } from '../training/run-directory.ts'
import { loadTransitions } from '../training/transitions-file.ts'
import { batchOfWindows } from './history.ts'
import { describeModel, metadataKey } from './model-metadata.ts'
import { assertOutputPath } from './output-path.ts'

/** Protobuf messages end here. */
const largestModelBytes = 2 ** 31 - 1

/** Logits of the written file may differ from the run's own inference by this much, relative to max(1, |logit|). */
export const exportTolerance = 1e-4

/**
 * Writes a run's model as one ONNX file for any ONNX runtime: standard operators only, parameters inside, dynamic batch and length, and in its metadata everything that a
 * program needs to feed it (see model-metadata.ts). Inputs are raw ids and counts; the output is `logits` [batch, length, V], with
 * the extra heads of the run also `locationLogits` [batch, length, L] and `gapLogits` [batch, length, G].
 *
 * The file appears under its name only after it was read back, run on random sequences of several shapes, and found to give the logits of the run's own inference.
 *
 * Throws WorkbenchError `not-found` for an unknown run, checkpoint or folder, `conflict` when the file exists and `overwrite` is not set, `usage` for a model beyond
 * 2 GB, `storage`, or `cancelled`.
 */
export async function exportModel(
  workspace: ReadWorkspace,
  optionsInput: ExportOptionsInput,
  context: JobContext,
): Promise<ExportResult> {
  const options = parseOptions(exportOptions, optionsInput)
  await assertOutputPath(options.output, options)
  const run = loadRun(workspace, options.run)
  const dataset = openDataset(workspace, run.dataset.id)
  const parameters = loadParameters(run, options.checkpoint)
  const transitions = loadTransitions(run)
  const metadata = describeModel(run, dataset, {
    checkpoint: options.checkpoint,
    license: options.license ?? null,
    version: packageDocument.version,
  })

  context.report({ stage: phrase`writing the model`, done: 0, total: 2, unit: 'steps' })
  if (parameters.byteLength > largestModelBytes) throw tooLarge(parameters.length)
  const compiled = compileInference(run.model, {
    target: 'portable',
    parameters,
    transitions,
    heads: true,
    metadata: { [metadataKey]: JSON.stringify(metadata) },
  })
  if (compiled.model.length > largestModelBytes) throw tooLarge(parameters.length)

  let largestDifference = 0
  await writeFileAtomic(options.output, async (temporary) => {
    await writeFile(temporary, compiled.model, { flag: 'wx' })
    throwIfCancelled(context.signal)
    context.report({ stage: phrase`checking the written model`, done: 1, total: 2, unit: 'steps' })
    const written = { ...compiled, model: await readFile(temporary) }
    largestDifference = await compareWithInference(written, run.model, { parameters, transitions }, context)
  })
  context.report({ stage: phrase`checking the written model`, done: 2, total: 2, unit: 'steps' })
  return {
    run: { id: run.id, name: run.name },
    checkpoint: options.checkpoint,
    output: options.output,
    bytes: compiled.model.length,
    parameters: parameters.length,
    behaviours: dataset.behaviours.length,
    largestDifference,
  }
}

function tooLarge(parameters: number): WorkbenchError {
  return new WorkbenchError(
    'usage',
    phrase`A model of ${parameters} parameters is larger than the 2 GB that one ONNX file may have.`,
    phrase`Train a smaller preset, or a dataset with fewer behaviours or locations.`,
  )
}

/** Largest difference of the exported model's logits from the run's inference on random sequences, relative to max(1, |logit|). */
async function compareWithInference(
  exported: CompiledGraph,
  model: ModelConfiguration,
  { parameters, transitions }: { parameters: Float32Array; transitions: TransitionCounts | undefined },
  context: JobContext,
): Promise<number> {
  const runner = await createRunner({ device: 'cpu', graphs: { exported } })
  try {
    const inference = await createInference(model, parameters, { device: 'cpu', transitions })
    try {
      let largest = 0
      for (const batch of randomBatches(model)) {
        throwIfCancelled(context.signal)
        const feeds = Object.fromEntries(
          exported.inputs.map(({ name }) => [name, batch[name as keyof Batch] as Int32Array]),
        )
        const outputs = await runner.run('exported', feeds, { batch: batch.size, length: batch.length })
        const { behaviour, location, gap } = await inference.headLogits(batch)
        for (const [name, { data }] of Object.entries(outputs)) {
          const expected = { logits: behaviour, locationLogits: location, gapLogits: gap }[name]
          assert(expected !== undefined, `the run's inference has no ${name}`)
          largest = Math.max(largest, largestDifference(data as Float32Array, expected))
        }
      }
      assert(largest <= exportTolerance, `the exported model's logits differ by ${largest}`)
      return largest
    } finally {
      await inference.dispose()
    }
  } finally {
    await runner.dispose()
  }
}

function largestDifference(found: Float32Array, expected: Float32Array): number {
  assert.strictEqual(found.length, expected.length, 'the exported model gives another number of logits')
  let largest = 0
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs(found[index] - value) / Math.max(1, Math.abs(value))
    // A NaN must not pass as small.
    if (!(difference <= largest)) largest = difference
  }
  return largest
}

/** Logits of one batch that the check allows itself: 64 MiB. */
const checkedLogits = 2 ** 24

function widestLogits({ behaviours, locations, locationHead }: ModelConfiguration): number {
  return locationHead ? Math.max(behaviours, locations) : behaviours
}

/** One event, one full history, and several histories of unequal length; with unknown behaviours, padding and counts among them. */
function randomBatches(model: ModelConfiguration): Batch[] {
  const uniform = uniformGenerator('export check', 1)
  const below = (limit: number) => Math.floor(uniform() * limit)
  const window = (events: number) => ({
    behaviour: Int32Array.from({ length: events }, () => below(model.behaviours + 1)),
    location: Int32Array.from({ length: events }, () => below(model.locations)),
    time: Float64Array.from({ length: events }, (_, index) => index * 97 * 60_000),
    priorCounts: new Map([[below(model.behaviours), 1 + below(50)]]),
    recent: Int32Array.from({ length: below(20) }, () => below(model.behaviours + 1)),
    events,
  })
  const longest = Math.min(model.length, Math.max(2, Math.floor(checkedLogits / widestLogits(model))))
  const some = Math.ceil(longest / 2)
  return [[1], [longest], [some, 1, Math.min(some + 1, longest)]].map((lengths) =>
    batchOfWindows(lengths.map(window), {
      behaviours: model.behaviours,
      slotsPerDay: model.slots,
      targetTime: undefined,
    }),
  )
}
