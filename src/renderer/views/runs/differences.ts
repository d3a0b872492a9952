import type { RunConfiguration } from '../../../shared/configuration.ts'
import { objectiveParameters } from '../../../shared/objectives.ts'
import type { RunOverview } from '../../../shared/runs.ts'

/** One setting and what each run has there; undefined where it has none. */
export interface SettingRow {
  setting: string
  values: (string | undefined)[]
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

/** The settings of a run by their path, such as `objective.parameters.rho`. */
export function settingsOf(run: Pick<RunOverview, 'configuration' | 'datasetName' | 'device'>): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (path: string, value: unknown) => {
    if (value === undefined) return
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) visit(path === '' ? key : `${path}.${key}`, inner)
    } else found.set(path, Array.isArray(value) ? value.join(', ') : String(value))
  }
  const { configuration } = run
  const objective = configuration && { ...configuration.objective, parameters: parametersOf(configuration.objective) }
  visit('', { ...configuration, objective, dataset: run.datasetName, device: run.device, name: undefined })
  return found
}

/** The settings in which the runs are not all alike. */
export function differingSettings(runs: readonly Parameters<typeof settingsOf>[0][]): SettingRow[] {
  const settings = runs.map(settingsOf)
  const paths = new Set(settings.flatMap((own) => [...own.keys()]))
  return [...paths]
    .map((setting) => ({ setting, values: settings.map((own) => own.get(setting)) }))
    .filter(({ values }) => new Set(values).size > 1)
}
