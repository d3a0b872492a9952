import { computed, reactive, shallowRef } from 'vue'
import type { DatasetConfiguration, DatasetOptionsInput } from '../../../shared/configuration.ts'
import { isInRange, type NumberRange, type RealRange } from '../../composables/number-range.ts'

/** The builder's fields as a person sets them: shares in percent, empty texts and null for what is not given. */
export interface BuilderForm {
  name: string
  sources: string[]
  from: string
  until: string
  minimumEvents: number | null
  minimumLocationEvents: number | null
  taxonomy: Record<string, string>
  /** The review that names behaviours instead; null for the rules above, of which there may be none. */
  taxonomyOfReview: string | null
  excludeReviewed: DatasetConfiguration['excludeReviewed']
  slotMinutes: number
  length: number | null
  split: 'time' | 'leave-one-out'
  trainPercent: number | null
  validPercent: number | null
  seed: number | null
}

export const numberRanges = {
  minimumEvents: [1, Number.MAX_SAFE_INTEGER],
  minimumLocationEvents: [1, Number.MAX_SAFE_INTEGER],
  length: [2, 4096],
  seed: [0, Number.MAX_SAFE_INTEGER],
} as const satisfies Partial<Record<keyof BuilderForm, NumberRange>>
export type NumberName = keyof typeof numberRanges
const numberNames = Object.keys(numberRanges) as NumberName[]

export const shareNames = ['trainPercent', 'validPercent'] as const
export type ShareName = (typeof shareNames)[number]
/** Of one share, in percent. */
export const shareRange: RealRange = { above: 0, below: 100 }
export const isShare = (percent: number | null): boolean => isInRange(percent, shareRange)

/** A form in which every field fits: no number is missing. */
type FittingForm = {
  [Field in keyof BuilderForm]: BuilderForm[Field] extends number | null ? number : BuilderForm[Field]
}

/** Lengths of a time slot that divide the day, in minutes. */
export const slotChoices = [1, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440]

const standardForm: BuilderForm = {
  name: '',
  sources: [],
  from: '',
  until: '',
  minimumEvents: 2,
  minimumLocationEvents: 5,
  taxonomy: {},
  taxonomyOfReview: null,
  excludeReviewed: undefined,
  slotMinutes: 30,
  length: 64,
  split: 'time',
  trainPercent: 80,
  validPercent: 10,
  seed: 1,
}

/** Whether the period of the form holds no time at all; local times of this form are in the order of their texts. */
export const endsBeforeItBegins = ({ from, until }: Pick<BuilderForm, 'from' | 'until'>): boolean =>
  from !== '' && until !== '' && until <= from

/** What is left for the test, in percent; of shares that take everything or more it is 0 or less. */
export const testShareOf = ({ trainPercent, validPercent }: Pick<BuilderForm, ShareName>): number =>
  Math.round(1000 * (100 - (trainPercent ?? 0) - (validPercent ?? 0))) / 1000

/** The fields that nothing can be built of as they are: `split` where shares that fit by themselves leave nothing for the test. */
export function unfitFields(form: BuilderForm): (NumberName | ShareName | 'until' | 'split')[] {
  const shares = form.split === 'time' ? shareNames.filter((name) => !isShare(form[name])) : []
  const leavesNothing = form.split === 'time' && shares.length === 0 && testShareOf(form) <= 0
  return [
    ...(endsBeforeItBegins(form) ? (['until'] as const) : []),
    ...numberNames.filter((name) => !isInRange(form[name], numberRanges[name])),
    ...shares,
    ...(leavesNothing ? (['split'] as const) : []),
  ]
}

export function useBuilderForm() {
  const form = reactive<BuilderForm>({ ...standardForm })
  const copy = () => JSON.parse(JSON.stringify(form)) as BuilderForm
  /** The form as it would come about again without anybody's work: as it was found, taken over or built. */
  const kept = shallowRef(copy())
  const isChanged = computed(() => JSON.stringify(form) !== JSON.stringify(kept.value))
  /** What the form says now is nobody's work any more. */
  const keep = () => {
    kept.value = copy()
  }
  /** A name until a person gives another one. */
  function suggestName(name: string): void {
    form.name = name
    kept.value = { ...kept.value, name }
  }

  const unfit = computed(() => unfitFields(form))

  /** Takes over the settings of a dataset that is there. */
  function take(configuration: DatasetConfiguration): void {
    const { split, from, until, name: _name, ...rest } = configuration
    Object.assign(form, { ...rest, taxonomyOfReview: null, from: from ?? '', until: until ?? '', split: split.kind })
    if (split.kind === 'time') {
      form.trainPercent = Math.round(split.train * 1000) / 10
      form.validPercent = Math.round(split.valid * 1000) / 10
    }
    keep()
  }

  /** The configuration of the form, undefined where a field does not fit; a missing name does not matter to a preview. */
  const configuration = computed((): DatasetOptionsInput | undefined => {
    if (unfit.value.length > 0) return undefined
    const { from, until, split, trainPercent, validPercent, excludeReviewed, taxonomyOfReview, ...rest } =
      form as FittingForm
    return {
      ...rest,
      name: form.name.trim() || '-',
      ...(from !== '' && { from }),
      ...(until !== '' && { until }),
      ...(excludeReviewed !== undefined && { excludeReviewed }),
      ...(taxonomyOfReview !== null && { taxonomy: {}, taxonomyOfReview }),
      split:
        split === 'leave-one-out'
          ? { kind: split }
          : {
              kind: split,
              train: trainPercent / 100,
              valid: validPercent / 100,
              // What is left, so that the three add up to 1 in spite of rounding.
              test: 1 - trainPercent / 100 - validPercent / 100,
            },
    }
  })
  return { form, unfit, configuration, take, suggestName, keep, isChanged }
}
