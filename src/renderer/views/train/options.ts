import type { NumberRange, RealRange } from '../../composables/number-range.ts'

/** The options behind "advanced": what kind of value each takes and where they stand. Meanings are in the locales, defaults and bounds in src/shared/configuration.ts. */

interface OptionBase {
  /** Where the value is in the configuration; `train.option.PATH` names and explains it. */
  readonly path: string
  /** Path of the switch without which it has no effect. */
  readonly needs?: string
}
export interface NumberOption extends OptionBase {
  readonly kind: 'number'
  readonly minimum: number
  /** The minimum itself is refused. */
  readonly aboveMinimum?: boolean
  readonly maximum?: number
  /** Whole numbers when 1 and `whole`. */
  readonly step: number
  readonly whole?: boolean
}
export interface SwitchOption extends OptionBase {
  readonly kind: 'switch'
}
export interface ChoiceOption extends OptionBase {
  readonly kind: 'choice'
  readonly choices: readonly string[]
}
export type TrainOption = NumberOption | SwitchOption | ChoiceOption

const whole = (path: string, minimum: number, maximum?: number): NumberOption => ({
  path,
  kind: 'number',
  minimum,
  maximum,
  step: 1,
  whole: true,
})
const real = (path: string, minimum: number, maximum: number | undefined, step: number): NumberOption => ({
  path,
  kind: 'number',
  minimum,
  maximum,
  step,
})
const positive = (path: string, step: number): NumberOption => ({
  ...real(path, 0, undefined, step),
  aboveMinimum: true,
})
const onOff = (path: string): SwitchOption => ({ path, kind: 'switch' })

export const optionGroups: readonly { name: string; options: readonly TrainOption[] }[] = [
  {
    name: 'model',
    options: [
      whole('model.streamWidth', 4),
      whole('model.layers', 1, 64),
      whole('model.heads', 1),
      onOff('model.habit'),
      onOff('model.transitions'),
      onOff('model.targetTime'),
    ],
  },
  {
    name: 'heads',
    options: [
      onOff('model.locationHead'),
      { ...positive('locationWeight', 0.05), needs: 'model.locationHead' },
      onOff('model.gapHead'),
      { ...positive('gapWeight', 0.05), needs: 'model.gapHead' },
    ],
  },
  {
    name: 'regularisation',
    options: [
      real('model.dropout', 0, 0.9, 0.05),
      real('model.embeddingDropout', 0, 0.9, 0.05),
      real('model.locationDropout', 0, 1, 0.05),
      real('weightDecay', 0, undefined, 0.01),
      onOff('decayEmbeddings'),
    ],
  },
  { name: 'adversary', options: [real('objective.decay', 0, 1, 0.05), whole('objective.updateEvery', 1)] },
  {
    name: 'optimisation',
    options: [
      positive('learningRate', 0.0005),
      real('warmup', 0, 1, 0.01),
      real('finalLearningRate', 0, 1, 0.01),
      real('betas.0', 0, 0.9999, 0.01),
      real('betas.1', 0, 0.99999, 0.01),
      positive('gradientClip', 0.1),
    ],
  },
  {
    name: 'batches',
    options: [whole('batch', 1), whole('accumulation', 1), whole('stepsPerCall', 1, 1000), whole('seed', 0)],
  },
  {
    name: 'validation',
    options: [
      { path: 'selectBy', kind: 'choice', choices: ['nll', 'accuracy', 'macroRecall'] },
      whole('patience', 0),
      whole('evaluateEvery', 1),
      whole('checkpointEvery', 1),
    ],
  },
  { name: 'machine', options: [whole('threads', 1)] },
]

/** What a number that a person gives may be. */
export function rangeOf({
  minimum,
  maximum,
  aboveMinimum,
  whole,
}: Omit<NumberOption, keyof OptionBase | 'kind' | 'step'>): NumberRange | RealRange {
  if (whole) return [minimum, maximum ?? Number.MAX_SAFE_INTEGER]
  return { [aboveMinimum ? 'above' : 'least']: minimum, ...(maximum !== undefined && { most: maximum }) }
}
