import type { ObjectiveConfiguration, ObjectiveName } from '../../../shared/configuration.ts'
import { WorkbenchError } from '../../../shared/errors.ts'

/** One number that an objective takes. */
export interface ParameterSpecification {
  /** Value when nothing is given; absent for the alternative of another parameter, which has none. */
  default?: number
  minimum: number
  maximum: number
  /** The minimum itself is refused. */
  aboveMinimum?: boolean
  description: string
  /** Name of the parameter that this one replaces: only one of the two may be given. */
  insteadOf?: string
}

/** Every objective's parameters. This table is the reference: help, validation and defaults come from it. */
export const objectiveParameters: Readonly<Record<ObjectiveName, Readonly<Record<string, ParameterSpecification>>>> = {
  ce: {},
  focal: {
    gamma: { default: 2, minimum: 0, maximum: 10, description: 'token loss times (1 - p_y)^gamma' },
  },
  'class-balanced': {
    beta: {
      default: 0.999,
      minimum: 0,
      maximum: 1 - 1e-9,
      description: 'w_c proportional to (1 - beta) / (1 - beta^n_c); 0 is ce, towards 1 inverse frequency',
    },
  },
  'inverse-frequency': {
    power: { default: 0.25, minimum: 0, maximum: 1, description: 'w_c proportional to p_c^-power' },
  },
  'balanced-softmax': {},
  'logit-adjusted': {
    tau: { default: 1, minimum: -4, maximum: 4, description: 'cross-entropy of logits + tau log p_c' },
  },
  'dro-box': {
    r0: { default: 0.1, minimum: 0, maximum: 1, description: '|q_c - p_c| <= r0 sqrt(p_c)' },
    radius: { minimum: 0, maximum: 1, description: '|q_c - p_c| <= radius, one for all classes', insteadOf: 'r0' },
  },
  'dro-kl': {
    rho: { default: 0.1, minimum: 0, maximum: 100, description: 'KL(q || p) <= rho, in nats' },
    tau: {
      minimum: 0,
      maximum: 1e6,
      description: 'the penalised form: q_c proportional to p_c exp(l_c / tau)',
      insteadOf: 'rho',
    },
  },
  'dro-chi2': {
    rho: { default: 0.1, minimum: 0, maximum: 1e6, description: '1/2 E_p[(q/p - 1)^2] <= rho' },
  },
  'dro-tv': {
    radius: { default: 0.05, minimum: 0, maximum: 1, description: '1/2 sum |q_c - p_c| <= radius' },
  },
  'dro-cvar': {
    alpha: { default: 0.5, minimum: 0, aboveMinimum: true, maximum: 1, description: 'q_c <= p_c / alpha' },
  },
  'group-dro': {
    eta: {
      default: 0.01,
      minimum: 0,
      maximum: 10,
      description: 'head, middle and tail: q_g <- q_g exp(eta l_g) / Z, from q = p',
    },
  },
  'sample-kl': {
    tau: {
      default: 5,
      minimum: 0,
      aboveMinimum: true,
      maximum: 1e6,
      description: 'tokens of a batch (each one, when gradients accumulate) weighted by the softmax of loss / tau',
    },
  },
  'sample-cvar': {
    alpha: {
      default: 0.5,
      minimum: 0,
      aboveMinimum: true,
      maximum: 1,
      description: 'the worst share alpha of a batch',
    },
  },
}

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
        `The objective ${name} takes either ${insteadOf} or ${parameter}, not both.`,
        `Leave one of them out. ${describeParameters(name)}`,
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
export function describeParameters(name: ObjectiveName): string {
  const entries = Object.entries(objectiveParameters[name])
  if (entries.length === 0) return `The objective ${name} takes no parameters.`
  const lines = entries.map(([parameter, specification]) => {
    const fallback = specification.default === undefined ? '' : `, default ${specification.default}`
    return `${parameter} (${range(specification)}${fallback}: ${specification.description})`
  })
  return `The objective ${name} takes ${lines.join(', ')}.`
}

function range({ minimum, aboveMinimum, maximum }: ParameterSpecification): string {
  return `${aboveMinimum ? 'above' : 'from'} ${minimum} to ${maximum}`
}

function unknownParameter(name: ObjectiveName, parameter: string): WorkbenchError {
  return new WorkbenchError('usage', `The objective ${name} has no parameter "${parameter}".`, describeParameters(name))
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
    `The parameter ${parameter} of the objective ${name} is ${value}; it must be ${range(specification)}.`,
    describeParameters(name),
  )
}
