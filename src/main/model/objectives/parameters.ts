import type { ObjectiveConfiguration, ObjectiveName } from '../../../shared/configuration.ts'
import { WorkbenchError } from '../../../shared/errors.ts'
import { objectiveParameters, type ParameterSpecification } from '../../../shared/objectives.ts'
import { type Phrase, phrase, sentences } from '../../../shared/phrase.ts'

/**
 * The objective's parameters with defaults filled in. Of two alternatives only the one that applies is present.
 *
 * @throws WorkbenchError `usage` for a parameter that the objective does not have (naming those it has), out of range, or given besides its
 * alternative.
 */
export function resolveObjectiveParameters(configuration: ObjectiveConfiguration): Record<string, number> {
  const { name, parameters: given } = configuration
  const known = objectiveParameters[name]
  for (const [parameter, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, parameter)) throw unknownParameter(name, parameter)
    refuseOutOfRange(name, parameter, value, known[parameter])
    const { insteadOf } = known[parameter]
    if (insteadOf !== undefined && insteadOf in given) {
      throw new WorkbenchError(
        'usage',
        phrase`The objective ${name} takes either ${insteadOf} or ${parameter}, not both.`,
        sentences([phrase`Leave one of them out.`, describeParameters(name)]),
      )
    }
  }
  const replaced = new Set(Object.keys(given).map((parameter) => known[parameter].insteadOf))
  const resolved: Record<string, number> = {}
  for (const [parameter, specification] of Object.entries(known)) {
    const value = given[parameter] ?? (replaced.has(parameter) ? undefined : specification.default)
    if (value !== undefined) resolved[parameter] = value
  }
  return resolved
}

/** One line on what the objective takes: names, ranges, defaults. */
export function describeParameters(name: ObjectiveName): Phrase {
  const entries = Object.entries(objectiveParameters[name])
  if (entries.length === 0) return phrase`The objective ${name} takes no parameters.`
  const described = entries.map(([parameter, specification]) => {
    const { description, default: fallback } = specification
    if (fallback === undefined) return phrase`${parameter} (${range(specification)}: ${description})`
    return phrase`${parameter} (${range(specification)}, default ${String(fallback)}: ${description})`
  })
  return phrase`The objective ${name} takes ${described}.`
}

function range({ minimum, aboveMinimum, maximum }: ParameterSpecification): Phrase {
  return aboveMinimum
    ? phrase`above ${String(minimum)} to ${String(maximum)}`
    : phrase`from ${String(minimum)} to ${String(maximum)}`
}

function unknownParameter(name: ObjectiveName, parameter: string): WorkbenchError {
  return new WorkbenchError(
    'usage',
    phrase`The objective ${name} has no parameter "${parameter}".`,
    describeParameters(name),
  )
}

function refuseOutOfRange(
  name: ObjectiveName,
  parameter: string,
  value: number,
  specification: ParameterSpecification,
): void {
  const { minimum, maximum, aboveMinimum = false } = specification
  if (value <= maximum && (aboveMinimum ? value > minimum : value >= minimum)) return
  throw new WorkbenchError(
    'usage',
    phrase`The parameter ${parameter} of the objective ${name} is ${String(value)}; it must be ${range(specification)}.`,
    describeParameters(name),
  )
}
