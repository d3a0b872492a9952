import assert from 'node:assert/strict'
import type { ObjectiveConfiguration, ObjectiveName } from '../../../shared/configuration.ts'
import type { GroupName } from '../../../shared/long-tail.ts'
import { hasAdversary } from '../../../shared/objectives.ts'
import type { ObjectiveGraphOptions } from '../loss.ts'
import { samplingErrorRadii, worstCaseBox } from './box.ts'
import { worstCaseChi2 } from './chi2.ts'
import {
  classBalancedWeights,
  classProbabilities,
  densityRatio,
  inverseFrequencyWeights,
  logPriorShift,
} from './class-weights.ts'
import { worstCaseCvar } from './cvar.ts'
import { ascendGroups } from './group.ts'
import { worstCaseKl } from './kl.ts'
import { resolveObjectiveParameters } from './parameters.ts'
import { worstCasePenalisedKl } from './penalised-kl.ts'
import { RunningLosses, type RunningLossesState } from './running-losses.ts'
import { worstCaseTv } from './tv.ts'

/** Head, middle and tail: each class's group, and the groups' names. */
export interface ClassGroups {
  readonly names: readonly GroupName[]
  /** Index into the names, by class id: [V]. */
  readonly of: ArrayLike<number>
}

export interface GroupFigures {
  name: GroupName
  /** Running loss of the group's tokens in nats (without shift or weight); null before the first. */
  loss: number | null
  /** Mean weight of a token of the group: what the adversary (or the re-weighting) multiplies its loss by; 1 for ce. */
  weight: number
}

export interface ObjectiveState {
  steps: number
  classLosses: RunningLossesState
  groupLosses: RunningLossesState
  classWeights: number[]
  /** The group adversary's distribution; what the next answer starts from. */
  groupDistribution: number[]
}

/**
 * One objective while it trains: loss = sum of weight * cross-entropy(logits + shift, target), where a worst case enters only through the weights
 * (Danskin's theorem: the gradient of max_q q.l is the gradient of q*.l at the maximiser).
 */
export interface Objective {
  readonly name: ObjectiveName
  /** With defaults filled in. */
  readonly parameters: Readonly<Record<string, number>>
  /** What it asks of the training graph; everything else enters through token weights. */
  readonly graph: ObjectiveGraphOptions
  /** Added to the logits inside the loss: [V]; undefined when `graph.shift` is false. */
  readonly shift: Float32Array | undefined
  /** Weight of each class's tokens now: [V], mean 1 under the training frequencies. */
  readonly classWeights: Float64Array
  /** Weight of each token of a batch, 0 where it does not count: [N]. */
  weightsFor(targets: Int32Array, counted: Float32Array): Float32Array
  /** Takes the token losses (unshifted cross-entropy in nats) of a batch that was trained on: [N]. */
  observe(tokenLoss: Float32Array, targets: Int32Array, counted: Float32Array): void
  /** Ends an optimizer step: every `updateEvery` of them the adversary answers. */
  endStep(): void
  /** How many steps, at least 1, have the weights of now: Infinity where they never change. */
  stepsUntilAnswer(): number
  groupFigures(): GroupFigures[]
  /** Everything that the next weights depend on; survives JSON bit for bit. */
  state(): ObjectiveState
  restore(state: ObjectiveState): void
}

/**
 * @param configuration name, parameters (see `objectiveParameters`), decay of the running losses per token, steps between answers
 * @param counts training events of each class: [V]
 * @throws WorkbenchError `usage` for parameters that the objective does not take.
 */
export function createObjective(
  configuration: ObjectiveConfiguration,
  counts: Float64Array,
  groups: ClassGroups,
): Objective {
  return new WeightedCrossEntropy(configuration, counts, groups)
}

class WeightedCrossEntropy implements Objective {
  readonly name: ObjectiveName
  readonly parameters: Readonly<Record<string, number>>
  readonly graph: ObjectiveGraphOptions
  readonly shift: Float32Array | undefined
  classWeights: Float64Array
  readonly #p: Float64Array
  readonly #groups: ClassGroups
  readonly #groupMass: Float64Array
  readonly #updateEvery: number
  readonly #classLosses: RunningLosses
  readonly #groupLosses: RunningLosses
  #groupDistribution: Float64Array
  #steps = 0

  constructor(configuration: ObjectiveConfiguration, counts: Float64Array, groups: ClassGroups) {
    assert(groups.of.length === counts.length, `${groups.of.length} grouped classes, ${counts.length} counted ones`)
    this.name = configuration.name
    this.parameters = resolveObjectiveParameters(configuration)
    this.graph = graphOptions(this.name, this.parameters)
    this.shift = this.graph.shift ? logPriorShift(counts, this.parameters.tau ?? 1) : undefined
    this.classWeights = initialWeights(this.name, this.parameters, counts)
    this.#p = classProbabilities(counts)
    this.#groups = groups
    this.#groupMass = new Float64Array(groups.names.length)
    for (let c = 0; c < counts.length; c++) this.#groupMass[groups.of[c]] += this.#p[c]
    this.#groupDistribution = this.#groupMass.slice()
    this.#updateEvery = configuration.updateEvery
    const uninformed = Math.log(counts.length)
    this.#classLosses = new RunningLosses(counts.length, uninformed, configuration.decay)
    this.#groupLosses = new RunningLosses(groups.names.length, uninformed, configuration.decay)
  }

  weightsFor(targets: Int32Array, counted: Float32Array): Float32Array {
    const weights = new Float32Array(targets.length)
    for (let token = 0; token < targets.length; token++) {
      if (counted[token] !== 0) weights[token] = counted[token] * this.classWeights[targets[token]]
    }
    return weights
  }

  observe(tokenLoss: Float32Array, targets: Int32Array, counted: Float32Array): void {
    this.#classLosses.observe(tokenLoss, (token) => targets[token], counted)
    this.#groupLosses.observe(tokenLoss, (token) => this.#groups.of[targets[token]], counted)
  }

  endStep(): void {
    this.#steps++
    if (this.#steps % this.#updateEvery === 0) this.#answer()
  }

  stepsUntilAnswer(): number {
    return hasAdversary(this.name) ? this.#updateEvery - (this.#steps % this.#updateEvery) : Number.POSITIVE_INFINITY
  }

  groupFigures(): GroupFigures[] {
    const weights = new Float64Array(this.#groups.names.length)
    for (let c = 0; c < this.#p.length; c++) weights[this.#groups.of[c]] += this.#p[c] * this.classWeights[c]
    return this.#groups.names.map((name, g) => ({
      name,
      loss: this.#groupLosses.observed(g) ? this.#groupLosses.values[g] : null,
      weight: this.#groupMass[g] > 0 ? weights[g] / this.#groupMass[g] : 0,
    }))
  }

  state(): ObjectiveState {
    return {
      steps: this.#steps,
      classLosses: this.#classLosses.state(),
      groupLosses: this.#groupLosses.state(),
      classWeights: [...this.classWeights],
      groupDistribution: [...this.#groupDistribution],
    }
  }

  restore(state: ObjectiveState): void {
    assert(state.classWeights.length === this.#p.length, 'objective state of another number of classes')
    this.#steps = state.steps
    this.#classLosses.restore(state.classLosses)
    this.#groupLosses.restore(state.groupLosses)
    this.classWeights = Float64Array.from(state.classWeights)
    this.#groupDistribution = Float64Array.from(state.groupDistribution)
  }

  #answer(): void {
    if (this.name === 'group-dro') {
      this.#groupDistribution = ascendGroups(this.#groupDistribution, this.#groupLosses.values, this.parameters.eta)
      const ratio = densityRatio(this.#groupDistribution, this.#groupMass)
      this.classWeights = this.#p.map((_, c) => ratio[this.#groups.of[c]])
      return
    }
    const q = worstCaseFor(this.name, this.parameters, this.#p, this.#classLosses.values)
    if (q !== undefined) this.classWeights = densityRatio(q, this.#p)
  }
}

/** balanced-softmax (Ren et al. 2020) is logit-adjusted (Menon et al. 2021) with tau = 1 and no choice. */
function graphOptions(name: ObjectiveName, parameters: Readonly<Record<string, number>>): ObjectiveGraphOptions {
  switch (name) {
    case 'balanced-softmax':
    case 'logit-adjusted':
      return { shift: true }
    case 'focal':
      return { shift: false, focalGamma: parameters.gamma }
    case 'sample-kl':
      return { shift: false, sample: { kind: 'kl', tau: parameters.tau } }
    case 'sample-cvar':
      return { shift: false, sample: { kind: 'cvar', alpha: parameters.alpha } }
    default:
      return { shift: false }
  }
}

/** Class weights before the first answer; for objectives without an adversary they stay. */
function initialWeights(
  name: ObjectiveName,
  parameters: Readonly<Record<string, number>>,
  counts: Float64Array,
): Float64Array {
  switch (name) {
    case 'class-balanced':
      return classBalancedWeights(counts, parameters.beta)
    case 'inverse-frequency':
      return inverseFrequencyWeights(classProbabilities(counts), parameters.power)
    default:
      return new Float64Array(counts.length).fill(1)
  }
}

/** The class-level adversary's answer, or undefined for an objective that has none. */
function worstCaseFor(
  name: ObjectiveName,
  parameters: Readonly<Record<string, number>>,
  p: Float64Array,
  losses: Float64Array,
): Float64Array | undefined {
  switch (name) {
    case 'dro-box': {
      const { radius, r0 } = parameters
      const radii = radius === undefined ? samplingErrorRadii(p, r0) : new Float64Array(p.length).fill(radius)
      return worstCaseBox(p, losses, radii).q
    }
    case 'dro-kl':
      return parameters.tau === undefined
        ? worstCaseKl(p, losses, parameters.rho).q
        : worstCasePenalisedKl(p, losses, parameters.tau).q
    case 'dro-chi2':
      return worstCaseChi2(p, losses, parameters.rho).q
    case 'dro-tv':
      return worstCaseTv(p, losses, parameters.radius).q
    case 'dro-cvar':
      return worstCaseCvar(p, losses, parameters.alpha).q
    default:
      return undefined
  }
}
