import { z } from 'zod'
import type { ModelOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { type ExtraHead, extraHeads } from '../../shared/heads.ts'
import { refusal } from '../../shared/issues.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import { presets } from './presets.ts'

/** Everything that fixes a model's parameters and what it computes. Stored with every run. */
export const modelConfiguration = z
  .strictObject({
    /** V: behaviours seen in training. Token V is "unknown", token V + 1 is padding; logits have V columns. */
    behaviours: z.int().min(1),
    /** L: location ids 0..L-1, where 0 is unknown or rare. */
    locations: z.int().min(1),
    /** S: time slots of a day. */
    slots: z.int().min(1).max(1440),
    /** T: longest history in events; learned positions 0..T-1. */
    length: z.int().min(1),
    /** d: width of each of the four streams; the model width is D = 4 d. */
    streamWidth: z.int().min(1),
    layers: z.int().min(1),
    heads: z.int().min(1),
    habit: z.boolean(),
    /** Runs of before this option have none. */
    transitions: z.boolean().default(false),
    targetTime: z.boolean(),
    /** Runs of before these heads have none. */
    locationHead: z.boolean().default(false),
    gapHead: z.boolean().default(false),
    /** Share of the elements zeroed after the embedding and after each half block, while training. */
    dropout: z.number().min(0).max(0.9),
    /** Share of the events whose whole embedding is zeroed while training. */
    embeddingDropout: z.number().min(0).max(0.9),
  })
  .refine(
    (model) => (4 * model.streamWidth) % model.heads === 0,
    refusal(phrase`the model width 4 d must be divisible by the heads`),
  )
  .refine((model) => model.habit || !model.transitions, refusal(phrase`transitions are a component of the habit term`))
  .refine(
    (model) => !(model.gapHead && model.targetTime),
    refusal(phrase`the target time tells the gap head its answer`),
  )
export type ModelConfiguration = z.infer<typeof modelConfiguration>

/** The transitions are a dense table of V + 1 rows: 64 MiB with this many behaviours. */
const mostTransitionBehaviours = 4096

/** What the dataset decides: [V, L, S, T] of the model. */
export interface ModelSizes {
  readonly behaviours: number
  readonly locations: number
  readonly slots: number
  readonly length: number
}

/** D, the width of the residual stream. */
export function modelWidth(model: ModelConfiguration): number {
  return 4 * model.streamWidth
}

/**
 * Fills in the preset's sizes and the dataset's vocabulary.
 *
 * @throws WorkbenchError `usage` when the model width cannot be split into the heads, for transitions without the habit term or between too many behaviours,
 * for a location head without locations, and for a gap head that is told the time it is to predict.
 */
export function resolveModel(options: ModelOptions, sizes: ModelSizes): ModelConfiguration {
  const preset = presets[options.preset]
  const streamWidth = options.streamWidth ?? preset.streamWidth
  const heads = options.heads ?? preset.heads
  if ((4 * streamWidth) % heads !== 0) {
    throw new WorkbenchError(
      'usage',
      phrase`The model width ${4 * streamWidth} (4 x stream width ${streamWidth}) cannot be split into ${heads} heads.`,
      phrase`Choose a stream width and a number of heads such that 4 x stream width is a multiple of the heads.`,
    )
  }
  if (options.transitions) refuseTransitions(options, sizes)
  refuseHeads(options, sizes)
  return {
    behaviours: sizes.behaviours,
    locations: sizes.locations,
    slots: sizes.slots,
    length: sizes.length,
    streamWidth,
    layers: options.layers ?? preset.layers,
    heads,
    habit: options.habit,
    transitions: options.transitions,
    targetTime: options.targetTime,
    locationHead: options.locationHead,
    gapHead: options.gapHead,
    dropout: options.dropout,
    embeddingDropout: options.embeddingDropout,
  }
}

/** @throws WorkbenchError `usage` */
function refuseTransitions({ habit }: ModelOptions, { behaviours }: ModelSizes): void {
  if (!habit) {
    throw new WorkbenchError(
      'usage',
      phrase`The transitions${atTerminal('--transitions')} add a component to the habit term, which is left out${atTerminal('--no-habit')}.`,
      phrase`Give only one of the two.`,
    )
  }
  if (behaviours > mostTransitionBehaviours) {
    throw new WorkbenchError(
      'usage',
      phrase`The transitions${atTerminal('--transitions')} keep a table of every behaviour after every other; it takes up to ${mostTransitionBehaviours} behaviours, and the dataset has ${behaviours}.`,
      phrase`Train without them, or build a dataset whose taxonomy merges rare behaviours.`,
    )
  }
}

/** @throws WorkbenchError `usage` */
function refuseHeads({ locationHead, gapHead, targetTime }: ModelOptions, { locations }: ModelSizes): void {
  if (locationHead && locations === 1) {
    throw new WorkbenchError(
      'usage',
      phrase`The location head${atTerminal('--location-head')} predicts the next location, and the dataset has none in its vocabulary.`,
      phrase`Train without it, import the log with its column of locations${atTerminal('--location-column')}, or build a dataset in which a location needs fewer events${atTerminal('--min-location-events')}.`,
    )
  }
  if (gapHead && targetTime) {
    throw new WorkbenchError(
      'usage',
      phrase`The gap head${atTerminal('--gap-head')} predicts when the next event comes, and the target time${atTerminal('--target-time')} tells the model just that.`,
      phrase`Give only one of the two.`,
    )
  }
}

/** The extra heads that a model has. */
export function headsOf(model: Pick<ModelConfiguration, 'locationHead' | 'gapHead'>): ExtraHead[] {
  return extraHeads.filter((head) => (head === 'location' ? model.locationHead : model.gapHead))
}
