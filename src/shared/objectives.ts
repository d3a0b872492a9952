import type { ObjectiveName } from './configuration.ts'
import { type Phrase, phrase } from './phrase.ts'

/** One number that an objective takes. */
export interface ParameterSpecification {
  /** Value when nothing is given; absent for the alternative of another parameter, which has none. */
  default?: number
  minimum: number
  maximum: number
  /** The minimum itself is refused. */
  aboveMinimum?: boolean
  description: Phrase
  /** Name of the parameter that this one replaces: only one of the two may be given. */
  insteadOf?: string
}

/** Every objective's parameters. This table is the reference: help, validation and defaults come from it. */
export const objectiveParameters: Readonly<Record<ObjectiveName, Readonly<Record<string, ParameterSpecification>>>> = {
  ce: {},
  focal: {
    gamma: { default: 2, minimum: 0, maximum: 10, description: phrase`token loss times (1 - p_y)^gamma` },
  },
  'class-balanced': {
    beta: {
      default: 0.999,
      minimum: 0,
      maximum: 1 - 1e-9,
      description: phrase`w_c proportional to (1 - beta) / (1 - beta^n_c); 0 is ce, towards 1 inverse frequency`,
    },
  },
  'inverse-frequency': {
    power: { default: 0.25, minimum: 0, maximum: 1, description: phrase`w_c proportional to p_c^-power` },
  },
  'balanced-softmax': {},
  'logit-adjusted': {
    tau: { default: 1, minimum: -4, maximum: 4, description: phrase`cross-entropy of logits + tau log p_c` },
  },
  'dro-box': {
    r0: { default: 0.1, minimum: 0, maximum: 1, description: phrase`|q_c - p_c| <= r0 sqrt(p_c)` },
    radius: {
      minimum: 0,
      maximum: 1,
      description: phrase`|q_c - p_c| <= radius, one for all classes`,
      insteadOf: 'r0',
    },
  },
  'dro-kl': {
    rho: { default: 0.1, minimum: 0, maximum: 100, description: phrase`KL(q || p) <= rho, in nats` },
    tau: {
      minimum: 0,
      maximum: 1e6,
      description: phrase`the penalised form: q_c proportional to p_c exp(l_c / tau)`,
      insteadOf: 'rho',
    },
  },
  'dro-chi2': {
    rho: { default: 0.1, minimum: 0, maximum: 1e6, description: phrase`1/2 E_p[(q/p - 1)^2] <= rho` },
  },
  'dro-tv': {
    radius: { default: 0.05, minimum: 0, maximum: 1, description: phrase`1/2 sum |q_c - p_c| <= radius` },
  },
  'dro-cvar': {
    alpha: { default: 0.5, minimum: 0, aboveMinimum: true, maximum: 1, description: phrase`q_c <= p_c / alpha` },
  },
  'group-dro': {
    eta: {
      default: 0.01,
      minimum: 0,
      maximum: 10,
      description: phrase`head, middle and tail: q_g <- q_g exp(eta l_g) / Z, from q = p`,
    },
  },
  'sample-kl': {
    tau: {
      default: 5,
      minimum: 0,
      aboveMinimum: true,
      maximum: 1e6,
      description: phrase`tokens of a batch (each one, when gradients accumulate) weighted by the softmax of loss / tau`,
    },
  },
  'sample-cvar': {
    alpha: {
      default: 0.5,
      minimum: 0,
      aboveMinimum: true,
      maximum: 1,
      description: phrase`the worst share alpha of a batch`,
    },
  },
}

/** Whether the objective's class weights change while it trains. */
export function hasAdversary(name: ObjectiveName): boolean {
  return name.startsWith('dro-') || name === 'group-dro'
}
