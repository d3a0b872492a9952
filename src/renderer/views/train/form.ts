import { computed, reactive, shallowRef } from 'vue'
import {
  type Device,
  type ObjectiveName,
  type PresetName,
  type RunConfiguration,
  type TrainConfiguration,
  type TrainConfigurationInput,
  trainConfiguration,
} from '../../../shared/configuration.ts'
import { objectiveParameters } from '../../../shared/objectives.ts'
import { usualEpochs } from '../../../shared/training-length.ts'
import { isInRange, type NumberRange, type RealRange } from '../../composables/number-range.ts'
import { type NumberOption, optionGroups, rangeOf } from './options.ts'

/** Null is a number that is missing; undefined one that is left to be decided. */
export type OptionValue = number | boolean | string | null | undefined

/** A new training as a person sets it. */
export interface TrainForm {
  dataset: string | undefined
  name: string
  preset: PresetName
  objective: ObjectiveName
  /** Given parameters of each objective, by name; absent ones have their default. */
  parameters: Record<string, number | undefined>
  device: Device | 'auto'
  unit: 'epochs' | 'steps'
  /** Null while its field is empty, as are options. */
  duration: number | null
  evaluate: boolean
  /** The advanced options by path; undefined where one is left to be decided. */
  options: Record<string, OptionValue>
}

const optionPaths = optionGroups.flatMap(({ options }) => options.map(({ path }) => path))

function valueAt(configuration: unknown, path: string): OptionValue {
  const value = path
    .split('.')
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], configuration)
  return value === 'auto' ? undefined : (value as OptionValue)
}

function optionsOf(configuration: TrainConfiguration | RunConfiguration): Record<string, OptionValue> {
  return Object.fromEntries(optionPaths.map((path) => [path, valueAt(configuration, path)]))
}

/** What each option is when nobody touches it. */
export const standardOptions = optionsOf(trainConfiguration.parse({ dataset: '-', epochs: 1 }))

/** What the length of a training may be, in what it is counted. */
export const durationRange = (unit: TrainForm['unit']): NumberRange | RealRange =>
  unit === 'steps' ? [1, Number.MAX_SAFE_INTEGER] : { above: 0 }

const numberOptions = optionGroups
  .flatMap(({ options }) => options)
  .filter((option): option is NumberOption => option.kind === 'number')

const isUnfit = (value: unknown, range: NumberRange | RealRange) =>
  value !== undefined && !isInRange(value as number | null, range)

/** Paths of the numbers that do not fit, and of those of them whose switch is off: they have no effect. */
function unfitOptions({ options }: TrainForm): { effective: string[]; ineffective: string[] } {
  const unfit = numberOptions.filter((option) => isUnfit(options[option.path], rangeOf(option)))
  const isOff = ({ needs }: NumberOption) => needs !== undefined && options[needs] !== true
  return {
    effective: unfit.filter((option) => !isOff(option)).map(({ path }) => path),
    ineffective: unfit.filter(isOff).map(({ path }) => path),
  }
}

/** The fields that nothing can be trained with as they are: `duration`, names of the objective's parameters after a colon, and paths of options. */
export function unfitFields(form: TrainForm): string[] {
  const parameters = Object.entries(objectiveParameters[form.objective])
  return [
    ...(isUnfit(form.duration, durationRange(form.unit)) ? ['duration'] : []),
    ...parameters
      .filter(([name, specification]) => isUnfit(form.parameters[name], rangeOf(specification)))
      .map(([name]) => `:${name}`),
    ...unfitOptions(form).effective,
  ]
}

export function useTrainForm() {
  const form = reactive<TrainForm>({
    dataset: undefined,
    name: '',
    preset: 'nano',
    objective: 'ce',
    parameters: {},
    device: 'auto',
    unit: 'epochs',
    duration: usualEpochs,
    evaluate: true,
    options: { ...standardOptions },
  })

  const copy = (): TrainForm => ({ ...form, parameters: { ...form.parameters }, options: { ...form.options } })
  /** The form as it would come about again without anybody's work: as it was found, proposed or taken over. */
  const kept = shallowRef(copy())
  const isChanged = computed(() => JSON.stringify(form) !== JSON.stringify(kept.value))
  /** Sets what nobody has chosen: a person who has not touched it loses nothing, and one who has keeps it. */
  function propose(values: Partial<Pick<TrainForm, 'dataset' | 'name' | 'device' | 'duration'>>): void {
    const untouched = Object.entries(values).filter(
      ([key]) => form[key as keyof typeof values] === kept.value[key as keyof typeof values],
    )
    Object.assign(form, Object.fromEntries(untouched))
    kept.value = { ...kept.value, ...values }
  }

  /**
   * Takes over settings: those of a run without its name, which is taken, or those that were asked for in vain.
   * @param asked what else was asked for then.
   */
  function take(
    configuration: RunConfiguration | TrainConfiguration,
    asked: Partial<Pick<TrainForm, 'name' | 'evaluate'>> = {},
  ): void {
    Object.assign(form, asked, {
      dataset: configuration.dataset,
      preset: configuration.model.preset,
      objective: configuration.objective.name,
      parameters: { ...configuration.objective.parameters },
      device: configuration.device,
      unit: configuration.steps === undefined ? 'epochs' : 'steps',
      duration: configuration.steps ?? configuration.epochs ?? usualEpochs,
      options: optionsOf(configuration),
    })
    kept.value = copy()
  }

  const unfit = computed(() => unfitFields(form))
  /** Undefined while no dataset is chosen or a field does not fit. Without a name, which changes nothing about what is trained. */
  const configuration = computed((): TrainConfigurationInput | undefined => {
    if (form.dataset === undefined || unfit.value.length > 0) return undefined
    const own = Object.keys(objectiveParameters[form.objective])
    const given = own.filter((name) => form.parameters[name] !== undefined)
    const { model, objective, betas, ...options } = nested(form.options, unfitOptions(form).ineffective)
    return {
      ...options,
      dataset: form.dataset,
      model: { preset: form.preset, ...(model as object) },
      objective: {
        name: form.objective,
        parameters: Object.fromEntries(given.map((name) => [name, form.parameters[name]!])),
        ...(objective as object),
      },
      betas: Object.values(betas as object) as [number, number],
      device: form.device,
      [form.unit]: form.duration ?? undefined,
    }
  })
  const changedOptions = computed(() => optionPaths.filter((path) => form.options[path] !== standardOptions[path]))
  return { form, unfit, configuration, changedOptions, take, propose, isChanged }
}

/** Values by path as objects in each other; what is undefined, and `without`, is left out. */
function nested(values: Readonly<Record<string, OptionValue>>, without: readonly string[]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(values)) {
    if (value === undefined || without.includes(path)) continue
    const keys = path.split('.')
    const last = keys.pop()!
    let place = root
    for (const key of keys) {
      place[key] ??= {}
      place = place[key] as Record<string, unknown>
    }
    place[last] = value
  }
  return root
}
