import assert from 'node:assert'
import type { Device } from '../../shared/configuration.ts'
import type { Batch } from '../dataset/types.ts'
import type { ModelConfiguration } from '../model/configuration.ts'
import { compileInference } from '../model/inference.ts'
import { modelFeeds } from './model-feeds.ts'
import { createRunner } from './runner.ts'

export interface InferenceOptions {
  /** A working device: `chooseDevice` resolves `auto`. */
  readonly device: Device
  readonly threads?: number
}

/** A model's logits on one device; batches of any size and any length up to the model's. One call at a time. */
export interface Inference {
  readonly device: Device
  /** Logits of every position: [B, I, V]. */
  logits(batch: Batch): Promise<Float32Array>
  /** Logits of each sequence's last event that is not padding: [B, V]; zeros for an empty sequence. */
  lastLogits(batch: Batch): Promise<Float32Array>
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
  { device, threads }: InferenceOptions,
): Promise<Inference> {
  const graph = compileInference(model, { target: device === 'cpu' ? 'cpu' : 'portable' })
  const runner = await createRunner({ device, threads, graphs: { logits: graph } })
  await runner.writeState({ parameters })
  const logits = async (batch: Batch): Promise<Float32Array> => {
    assert(
      batch.length <= model.length,
      `a batch of length ${batch.length}, but the model has ${model.length} positions`,
    )
    const dimensions = { batch: batch.size, length: batch.length }
    const outputs = await runner.run('logits', modelFeeds(model, batch), dimensions)
    return outputs.logits.data as Float32Array
  }
  return {
    device,
    logits,
    lastLogits: async (batch) => lastRows(model, batch, await logits(batch)),
    writeParameters: (next) => runner.writeState({ parameters: next }),
    dispose: () => runner.dispose(),
  }
}

function lastRows({ behaviours: V }: ModelConfiguration, batch: Batch, logits: Float32Array): Float32Array {
  const rows = new Float32Array(batch.size * V)
  for (let sequence = 0; sequence < batch.size; sequence++) {
    const first = sequence * batch.length
    let last = first + batch.length - 1
    while (last >= first && batch.behaviour[last] === V + 1) last--
    if (last >= first) rows.set(logits.subarray(last * V, (last + 1) * V), sequence * V)
  }
  return rows
}
