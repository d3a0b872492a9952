import { totalmem } from 'node:os'
import type { Device } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import type { Memory, MemoryEstimate } from '../../shared/runs.ts'
import { peakBytes } from '../graph/index.ts'
import { buildInference } from '../model/inference.ts'
import { layoutParameters } from '../model/parameters.ts'
import { buildAccumulation, buildTrainingStep, type TrainingGraphOptions } from '../model/training-step.ts'

/*
 * Fitted to the peaks of five trainings with onnxruntime-node 1.30 (276 MiB to 2.3 GiB), all of which they meet within a fifth. Its arena holds
 * a multiple of what is alive: it grows in powers of two, is never compacted, and plans the memory of a graph only after a first run without a plan.
 */
const runtimeBytes = 215 * 2 ** 20
const arenaFactor = 2.5
/** The training's own copy of the state, the one that a step returns, and one on its way to a checkpoint or validation. */
const stateCopies = 3
/** The table of transitions in the step and in both graphs of inference, each as written and as loaded. */
const transitionCopies = 6

/**
 * The memory of a training on the cpu, from its graphs: nothing is computed yet.
 *
 * @param validationBatch sequences of a batch of validation
 */
export function estimateMemory(
  options: TrainingGraphOptions & { readonly accumulation: number; readonly stepsPerCall: number },
  validationBatch: number,
): MemoryEstimate {
  const { model, length, accumulation, stepsPerCall, transitions } = options
  const parameters = 4 * layoutParameters(model).count
  const state = parameters * (accumulation === 1 ? 3 : 4)
  // A Scan has two places for its state in turn, besides where it comes from and where it goes to.
  const scanned = stepsPerCall === 1 ? 0 : 2 * parameters * (accumulation === 1 ? 3 : 1)
  const activations = peakBytes(accumulation === 1 ? buildTrainingStep(options) : buildAccumulation(options))
  const validation =
    parameters + peakBytes(buildInference(model, { transitions, heads: true }), { batch: validationBatch, length })
  const tables = model.transitions ? transitionCopies * 4 * (model.behaviours + 1) * model.behaviours : 0
  const total = runtimeBytes + stateCopies * state + scanned + tables + arenaFactor * (activations + validation)
  return { state: state + scanned, activations, total }
}

/** Memory of this machine now. */
export function memoryHere(): Memory {
  const limit = process.constrainedMemory()
  const installed = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return { installed, available: Math.min(installed, process.availableMemory()) }
}

/**
 * What to tell about the memory of a training before it starts. How much memory a device other than the cpu has is not known.
 *
 * @throws WorkbenchError `usage` when this machine does not have it: other settings need less.
 */
export function describeMemory(
  { state, activations, total }: MemoryEstimate,
  { batch, length }: { batch: number; length: number },
  device: Device,
  { installed, available }: Memory = memoryHere(),
): Phrase {
  const parts = phrase`parameters and optimizer ${inUnits(state)}, activations of ${batch} × ${length} events ${inUnits(activations)}`
  if (device !== 'cpu')
    return phrase`The training needs about ${inUnits(state + activations)} of the memory of ${device}: ${parts}.`
  const need = phrase`The training needs about ${inUnits(total)} of memory (${parts}, ONNX Runtime and its buffers ${inUnits(total - state - activations)})`
  if (total > installed)
    throw new WorkbenchError('usage', phrase`${need}; this machine has ${inUnits(installed)}.`, lessMemory)
  if (total > available) return phrase`${need}, but only ${inUnits(available)} are free: it may fail. ${lessMemory}`
  return phrase`${need}.`
}

const lessMemory = phrase`A smaller batch${atTerminal('--batch')} with more accumulation${atTerminal('--accumulation')} needs less, as does a smaller preset${atTerminal('--preset')}, or a dataset of a smaller length${atTerminal('--length')}.`

/** 1.5 GB, 310 MB: the units of the page, which tells the same. */
function inUnits(bytes: number): string {
  const megabytes = bytes / 1e6
  return megabytes < 1000 ? `${Math.ceil(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`
}
