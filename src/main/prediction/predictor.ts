import type { Device } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { parseLocalTime } from '../dataset/calendar.ts'
import { openDataset } from '../dataset/open.ts'
import type { Batch, Dataset } from '../dataset/types.ts'
import { chooseDevice } from '../engine/doctor.ts'
import { createInference, type HeadLogits, type Inference } from '../engine/inference.ts'
import { readSettings } from '../storage/settings.ts'
import { readySources } from '../storage/sources.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import { loadParameters, loadRun, type Run } from '../training/run-directory.ts'
import { loadTransitions } from '../training/transitions-file.ts'
import { batchOfWindows, createEncoder, type Encoder, type HistoryWindow } from './history.ts'
import type { HistoryZone } from './sequence.ts'

export interface PredictorOptions {
  /** Run id or name. */
  run: string
  checkpoint: 'best' | 'last'
  device: Device | 'auto'
  threads?: number
  /** Also able to tell the attention. */
  attention?: boolean
}

/** A trained run, ready to say what comes next. One call at a time. */
export class Predictor {
  readonly run: Run
  readonly dataset: Dataset
  readonly encoder: Encoder
  /** The zone in which the model expects times. */
  readonly zone: HistoryZone
  readonly #inference: Inference

  constructor(run: Run, dataset: Dataset, zone: HistoryZone, inference: Inference) {
    this.run = run
    this.dataset = dataset
    this.encoder = createEncoder(dataset)
    this.zone = zone
    this.#inference = inference
  }

  get device(): Device {
    return this.#inference.device
  }

  /**
   * The distributions of what follows each window, as logits of every head that the run has: the behaviour [V], where it happens [L] and how soon [G].
   * `targetTime` as `resolveTargetTime` gives it.
   */
  async next(windows: readonly HistoryWindow[], targetTime: number | undefined): Promise<HeadLogits[]> {
    return rowsOf(await this.#inference.lastHeadLogits(this.#batchOf(windows, targetTime)), windows.length)
  }

  /** The same, and how the last event attends to its window: by window and layer [layers][read events]. Only where `attention` was asked for. */
  async nextWithAttention(
    windows: readonly HistoryWindow[],
    targetTime: number | undefined,
  ): Promise<{ logits: HeadLogits[]; attention: number[][][] }> {
    const batch = this.#batchOf(windows, targetTime)
    const { attention, ...logits } = await this.#inference.lastAttention(batch)
    const layers = Array.from({ length: this.run.model.layers }, (_, layer) => layer)
    const weightsOf = (row: number, layer: number, read: number) => {
      const start = (row * layers.length + layer) * batch.length
      return Array.from(attention.subarray(start, start + read))
    }
    return {
      logits: rowsOf(logits, windows.length),
      attention: windows.map(({ behaviour }, row) => layers.map((layer) => weightsOf(row, layer, behaviour.length))),
    }
  }

  /** Logits after every event of each window [B, I, V], and I; of what follows a window's last event only for runs without target time. */
  async windowLogits(windows: readonly HistoryWindow[]): Promise<{ logits: Float32Array; length: number }> {
    const batch = this.#batchOf(windows, undefined)
    return { logits: await this.#inference.logits(batch), length: batch.length }
  }

  #batchOf(windows: readonly HistoryWindow[], targetTime: number | undefined): Batch {
    const behaviours = this.dataset.behaviours.length
    return batchOfWindows(windows, { behaviours, slotsPerDay: this.dataset.slotsPerDay, targetTime })
  }

  /**
   * The local time of the event to predict in milliseconds; undefined for a run that does not use it.
   * Throws WorkbenchError `usage` when the run needs it and it is not given, or when it is not a local ISO time.
   */
  resolveTargetTime(text: string | undefined, context: JobContext): number | undefined {
    const { model, name } = this.run
    if (!model.targetTime) {
      if (text !== undefined) {
        context.warn(
          phrase`The time of the event to predict has no effect: the run "${name}" was trained without target time.`,
        )
      }
      return undefined
    }
    if (text === undefined) {
      throw new WorkbenchError(
        'usage',
        phrase`The run "${name}" was trained with target time and needs the time of the event to predict.`,
        phrase`Give its local time, such as 2025-03-01T07:30.`,
      )
    }
    return parseLocalTime(text, phrase`The time of the event to predict`)
  }

  async dispose(): Promise<void> {
    await this.#inference.dispose()
  }
}

/** One view of each head's logits per row. */
function rowsOf({ behaviour, location, gap }: HeadLogits, rows: number): HeadLogits[] {
  const row = (logits: Float32Array, index: number) =>
    logits.subarray((index * logits.length) / rows, ((index + 1) * logits.length) / rows)
  return Array.from({ length: rows }, (_, index) => ({
    behaviour: row(behaviour, index),
    location: location && row(location, index),
    gap: gap && row(gap, index),
  }))
}

/**
 * Opens a run for prediction; the caller disposes it. The device `auto` is the one that the run was trained on.
 * Throws WorkbenchError `not-found` for a run, checkpoint or dataset that does not exist, `corrupt`, or `device`.
 */
export async function openPredictor(
  workspace: ReadWorkspace,
  { run: idOrName, checkpoint, device, ...options }: PredictorOptions,
  context: JobContext,
): Promise<Predictor> {
  const threads = options.threads ?? readSettings(workspace.database).threads ?? undefined
  const run = loadRun(workspace, idOrName)
  const dataset = openDataset(workspace, run.dataset.id)
  const parameters = loadParameters(run, checkpoint)
  const wanted = device === 'auto' ? run.device : device
  if (device === 'auto') context.warn(phrase`Computing on ${wanted}, the device that the run was trained on.`)
  await chooseDevice(wanted, { threads, signal: context.signal })
  const transitions = loadTransitions(run)
  const { attention } = options
  const inference = await createInference(run.model, parameters, { device: wanted, threads, transitions, attention })
  return new Predictor(run, dataset, zoneOf(workspace, dataset), inference)
}

/** The zone of the dataset's sources, as far as the log still has them and they agree. */
function zoneOf({ database }: ReadWorkspace, { configuration }: Dataset): HistoryZone {
  const named = new Set(configuration.sources)
  const sources = readySources(database).filter(
    ({ id, name }) => named.size === 0 || named.has(name) || named.has(String(id)),
  )
  const zones = new Set(sources.map(({ timeZone }) => timeZone))
  return zones.size === 1 ? sources[0].timeZone : undefined
}
