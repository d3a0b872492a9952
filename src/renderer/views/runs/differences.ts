import type { RunConfiguration } from '../../../shared/configuration.ts'
import { objectiveParameters } from '../../../shared/objectives.ts'
import type { RunDescription, RunOverview } from '../../../shared/runs.ts'

export type SettingValue = string | number | boolean

/** One setting and what each run has there; undefined where it has none. */
export interface SettingRow {
  setting: string
  values: (SettingValue | undefined)[]
}

/** The parameters of an objective, those that nobody gave by their defaults, which two runs may not share. */
function parametersOf({ name, parameters }: RunConfiguration['objective']): Record<string, number> {
  const own = Object.entries(objectiveParameters[name])
  const replaced = own.flatMap(([key, { insteadOf }]) => (parameters[key] === undefined ? [] : [insteadOf]))
  const standard = own.flatMap(([key, { default: value }]) =>
    value === undefined || replaced.includes(key) ? [] : [[key, value] as const],
  )
  return { ...Object.fromEntries(standard), ...parameters }
}

/** What a run has been set to, by the path of each setting, such as `objective.parameters.rho`. */
export type Settings = Map<string, SettingValue>

/** The values that stand in each other, by their path. */
function flat(root: object): Settings {
  const found: Settings = new Map()
  const visit = (path: string, value: unknown) => {
    if (value === undefined) return
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(path === '' ? key : `${path}.${key}`, inner)
    } else found.set(path, value as SettingValue)
  }
  visit('', root)
  return found
}

/** The settings of a run as it was asked for, but with the device that it has. */
export function settingsOf(run: Pick<RunOverview, 'configuration' | 'datasetName' | 'device'>): Settings {
  const { configuration } = run
  const objective = configuration && { ...configuration.objective, parameters: parametersOf(configuration.objective) }
  return flat({ ...configuration, objective, dataset: run.datasetName, device: run.device, name: undefined })
}

/** The same with what was left to be decided as it was, and besides the sizes that the dataset gives, the versions, and where everything is. */
export function everySettingOf(run: RunDescription): Settings {
  const { model, threads, versions, dataset, directory } = run
  const asked = settingsOf({ ...run, datasetName: dataset.name })
  return new Map([...asked, ...flat({ model, threads, versions, contentHash: dataset.contentHash, directory })])
}

/** The settings in which the runs are not all alike. */
export function differingSettings(runs: readonly Parameters<typeof settingsOf>[0][]): SettingRow[] {
  const settings = runs.map(settingsOf)
  const paths = new Set(settings.flatMap((own) => [...own.keys()]))
  return [...paths]
    .map((setting) => ({ setting, values: settings.map((own) => own.get(setting)) }))
    .filter(({ values }) => new Set(values).size > 1)
}
