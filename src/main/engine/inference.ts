import type { Device } from '../../shared/configuration.ts'
import type { Batch } from '../dataset/types.ts'

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
