import assert from 'node:assert'
import type { Device } from '../../shared/configuration.ts'
import type { TransitionCounts } from '../../shared/transitions.ts'
import type { Batch } from '../dataset/types.ts'
import { headsOf, type ModelConfiguration } from '../model/configuration.ts'
import { compileInference } from '../model/inference.ts'
import { modelFeeds } from './model-feeds.ts'
import { createRunner } from './runner.ts'
import type { CompiledGraph, TensorData } from './types.ts'

export interface InferenceOptions {
  /** A working device: `chooseDevice` resolves `auto`. */
  readonly device: Device
  readonly threads?: number
  /** For a model that reads them. */
  readonly transitions?: TransitionCounts
  /** Also loads the graph that tells the attention. */
  readonly attention?: boolean
}

/** Logits of every head that a model has; rows are positions or sequences. */
export interface HeadLogits {
  /** [..., V] */
  readonly behaviour: Float32Array
  /** [..., L]; only with the location head. */
  readonly location?: Float32Array
  /** [..., G]; only with the gap head. */
  readonly gap?: Float32Array
}

/** A model's logits on one device; batches of any size and any length up to the model's. One call at a time. */
export interface Inference {
  readonly device: Device
  /** Logits of every position: [B, I, V]. */
  logits(batch: Batch): Promise<Float32Array>
  /** Logits of each sequence's last event that is not padding: [B, V]; zeros for an empty sequence. */
  lastLogits(batch: Batch): Promise<Float32Array>
  /**
   * The same of every head, and how that event attends to the sequence: mean over the heads, by layer [B, layers, I]; zeros for an empty sequence.
   * Only where `attention` was asked for.
   */
  lastAttention(batch: Batch): Promise<HeadLogits & { readonly attention: Float32Array }>
  /** Logits of every head at every position: [B, I, ...]. */
  headLogits(batch: Batch): Promise<HeadLogits>
  /** The three distributions of what comes next: logits of every head after each sequence's last event: [B, ...]; zeros for an empty sequence. */
  lastHeadLogits(batch: Batch): Promise<HeadLogits>
  /** Replaces the flat parameters and keeps the session: validation while training needs the logits of ever new ones. */
  writeParameters(parameters: Float32Array): Promise<void>
  dispose(): Promise<void>
}

/**
 * A model for inference on one device, with these flat parameters.
 *
 * @throws WorkbenchError `device` when the device cannot load the graph.
 */
export async function createInference(
  model: ModelConfiguration,
  parameters: Float32Array,
  { device, threads, transitions, attention = false }: InferenceOptions,
): Promise<Inference> {
  const target = device === 'cpu' ? 'cpu' : 'portable'
  const graphs: Record<string, CompiledGraph> = {
    all: compileInference(model, { target, transitions }),
    last: compileInference(model, { target, transitions, positions: 'last' }),
  }
  if (attention)
    graphs.attention = compileInference(model, { target, transitions, positions: 'last', attention, heads: true })
  const hasHeads = headsOf(model).length > 0
  if (hasHeads) {
    graphs.allHeads = compileInference(model, { target, transitions, heads: true })
    graphs.lastHeads = compileInference(model, { target, transitions, positions: 'last', heads: true })
  }
  const runner = await createRunner({ device, threads, graphs })
  await runner.writeState({ parameters })
  const run = async (name: string, batch: Batch, feeds: Record<string, TensorData> = {}) => {
    assert(
      batch.length <= model.length,
      `a batch of length ${batch.length}, but the model has ${model.length} positions`,
    )
    const dimensions = { batch: batch.size, length: batch.length }
    const outputs = await runner.run(name, { ...modelFeeds(model, batch), ...feeds }, dimensions)
    return Object.fromEntries(Object.entries(outputs).map(([output, { data }]) => [output, data as Float32Array]))
  }
  /** Outputs of one row per sequence, zeros for those that have no event. */
  const runLast = async (name: string, batch: Batch) => {
    const last = lastPositions(model, batch)
    const outputs = await run(name, batch, { last })
    for (const [sequence, position] of last.entries()) {
      if (position >= 0) continue
      for (const rows of Object.values(outputs)) {
        const width = rows.length / batch.size
        rows.fill(0, sequence * width, (sequence + 1) * width)
      }
    }
    return outputs
  }
  return {
    device,
    logits: async (batch) => (await run('all', batch)).logits,
    lastLogits: async (batch) => (await runLast('last', batch)).logits,
    async lastAttention(batch) {
      assert(attention, 'the attention was not asked for when the inference was created')
      const outputs = await runLast('attention', batch)
      return { ...byHead(outputs), attention: outputs.attention }
    },
    headLogits: async (batch) => byHead(await run(hasHeads ? 'allHeads' : 'all', batch)),
    lastHeadLogits: async (batch) => byHead(await runLast(hasHeads ? 'lastHeads' : 'last', batch)),
    writeParameters: (next) => runner.writeState({ parameters: next }),
    dispose: () => runner.dispose(),
  }
}

function byHead({ logits, locationLogits, gapLogits }: Record<string, Float32Array>): HeadLogits {
  return { behaviour: logits, location: locationLogits, gap: gapLogits }
}

/** Position of each sequence's last event, -1 for an empty sequence: [B]. */
function lastPositions({ behaviours: V }: ModelConfiguration, batch: Batch): Int32Array {
  return Int32Array.from({ length: batch.size }, (_, sequence) => {
    let last = batch.length - 1
    while (last >= 0 && batch.behaviour[sequence * batch.length + last] === V + 1) last--
    return last
  })
}
