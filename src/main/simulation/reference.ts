import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { OpenedDataset } from '../dataset/open.ts'
import type { Split } from '../dataset/types.ts'
import { userEvents } from '../dataset/user-events.ts'
import { bayesPredictions, type ObservedEvent } from './bayes.ts'
import {
  type BehaviourProcess,
  createProcess,
  parseSimulationParameters,
  type SimulationParameters,
} from './process.ts'
import { places } from './smartphone.ts'

/** How well the targets of a simulated dataset can be predicted at all, by knowing the process and the whole history, but neither persona nor future. */
export interface BayesReference {
  /** Targets whose behaviour was seen in training: those that models are measured on. */
  targets: number
  /** Share of them that the most probable behaviour hits. No predictor has a higher expectation. */
  accuracy: number
  /** The expectation of that share over what could have happened: the mean of the highest probability. */
  expectedAccuracy: number
  /** Mean -log p of what happened, in nats. */
  nll: number
  /** Mean recall of the most probable behaviour over the classes that have a target. Other predictors can have a higher one. */
  macroRecall: number
  /** Recall by class id, NaN for classes without a target: [V of the dataset]. */
  classRecall: Float64Array
}

/** The simulation that a dataset comes from, if its events are exactly those of one simulated source: not merged, renamed or cut by time. */
export function simulationOf(dataset: OpenedDataset): SimulationParameters | undefined {
  const { simulation, configuration } = dataset.manifest
  const isWhole =
    Object.keys(configuration.taxonomy).length === 0 &&
    configuration.from === undefined &&
    configuration.until === undefined
  return simulation !== null && isWhole ? parseSimulationParameters(simulation) : undefined
}

/**
 * The best possible figures on a split of a simulated dataset.
 * @throws WorkbenchError `usage` when the dataset is not a whole simulated source (see `simulationOf`), or when rare places were folded.
 */
export function bayesReference(dataset: OpenedDataset, split: Exclude<Split, 'train'>): BayesReference {
  const parameters = simulationOf(dataset)
  if (parameters === undefined) {
    throw new WorkbenchError(
      'usage',
      phrase`The best possible figures of dataset ${dataset.name} are not known.`,
      unknownHint,
    )
  }
  const process = createProcess(parameters)
  const observe = observer(dataset, process)
  const meter = new Meter(dataset, process)
  const users = userEvents(dataset)
  for (let user = 0; user < users.users; user++) {
    const targets = users.targets(user, split)
    let event = users.start(user)
    for (const { probabilities } of bayesPredictions(process, observe(event, targets.end))) {
      if (event >= targets.first) meter.add(event, probabilities)
      event++
    }
  }
  return meter.reference()
}

const unknownHint = phrase`They are known for datasets of one simulated source, without taxonomy and time filter.`

/** Reads stretches of a dataset as the process sees them. */
function observer(
  dataset: OpenedDataset,
  process: BehaviourProcess,
): (start: number, end: number) => IterableIterator<ObservedEvent> {
  const { behaviour, location, time } = dataset.columns
  const placeOf = dataset.locations.map((name) => (places as readonly string[]).indexOf(name))
  const behaviourOf = dataset.behaviours.map((name) => process.behaviours.indexOf(name))
  return function* (start, end) {
    for (let event = start; event < end; event++) {
      const place = placeOf[location[event]]
      if (place === -1) throw foldedPlaces(dataset)
      const known = behaviourOf[behaviour[event]]
      yield {
        behaviour: known ?? process.behaviours.indexOf(dataset.unseenBehaviour(event)!),
        place,
        time: time[event],
      }
    }
  }
}

function foldedPlaces(dataset: OpenedDataset): WorkbenchError {
  return new WorkbenchError(
    'usage',
    phrase`The best possible figures of dataset ${dataset.name} are not known: rare places were folded into "unknown".`,
    phrase`Build it without folding rare places${atTerminal('--min-location-events 1')}.`,
  )
}

/** Sums over targets. */
class Meter {
  readonly #dataset: OpenedDataset
  /** Class id by the process's number; V where the behaviour is unseen in training. */
  readonly #classOf: Int32Array
  readonly #support: Float64Array
  readonly #hits: Float64Array
  #expectedHits = 0
  #nll = 0

  constructor(dataset: OpenedDataset, process: BehaviourProcess) {
    const classes = dataset.behaviours.length
    this.#dataset = dataset
    this.#classOf = Int32Array.from(process.behaviours, (name) => dataset.behaviours.indexOf(name))
    this.#support = new Float64Array(classes)
    this.#hits = new Float64Array(classes)
  }

  add(event: number, probabilities: Float64Array): void {
    const target = this.#dataset.columns.behaviour[event]
    if (target === this.#support.length) return
    const best = indexOfMaximum(probabilities)
    this.#support[target]++
    if (this.#classOf[best] === target) this.#hits[target]++
    this.#expectedHits += probabilities[best]
    this.#nll -= Math.log(probabilities[this.#classOf.indexOf(target)])
  }

  reference(): BayesReference {
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
    const targets = sum(this.#support)
    const classRecall = this.#hits.map((hits, id) => hits / this.#support[id])
    const supported = classRecall.filter((recall) => !Number.isNaN(recall))
    return {
      targets,
      accuracy: sum(this.#hits) / targets,
      expectedAccuracy: this.#expectedHits / targets,
      nll: this.#nll / targets,
      macroRecall: sum(supported) / supported.length,
      classRecall,
    }
  }
}

function indexOfMaximum(values: Float64Array): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index
  return best
}
