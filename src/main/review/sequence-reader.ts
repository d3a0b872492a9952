import type { JobContext } from '../../shared/progress.ts'
import { type EventFigures, figuresOfEvents, type Stretch } from '../prediction/event-figures.ts'
import { openPredictor, type Predictor } from '../prediction/predictor.ts'
import { readNames } from '../storage/dictionaries.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import type { Run } from '../training/run-directory.ts'
import type { UserHistory } from './histories.ts'

/** A run that looks at sequences of the log event by event. */
export class SequenceReader {
  readonly #predictor: Predictor
  /** Class and location ids of the model by those of the log. */
  readonly #classes: Int32Array
  readonly #locations: Int32Array

  constructor(predictor: Predictor, names: { behaviours: readonly string[]; locations: readonly string[] }) {
    this.#predictor = predictor
    this.#classes = encodeAll(names.behaviours, predictor.encoder.behaviour)
    this.#locations = encodeAll(names.locations, predictor.encoder.location)
  }

  get run(): Run {
    return this.#predictor.run
  }

  /** V: how many behaviours the model tells apart. */
  get behaviours(): number {
    return this.#predictor.encoder.behaviours
  }

  /** Figures of stretches of one user's history: one list per stretch (see `figuresOfEvents`). */
  read({ events }: UserHistory, stretches: readonly Stretch[], { signal }: JobContext): Promise<EventFigures[][]> {
    const history = {
      behaviour: Int32Array.from(events, ([, , behaviour]) => this.#classes[behaviour]),
      location: Int32Array.from(events, ([, , , location]) => this.#locations[location]),
      time: Float64Array.from(events, ([, time]) => time),
    }
    return figuresOfEvents(this.#predictor, history, stretches, signal)
  }

  async dispose(): Promise<void> {
    await this.#predictor.dispose()
  }
}

function encodeAll(names: readonly string[], encode: (name: string) => number): Int32Array {
  const ids = new Int32Array(names.length)
  names.forEach((name, id) => {
    ids[id] = encode(name)
  })
  return ids
}

/**
 * Opens a run to read sequences with, on the cpu: a queue is some thousand sequences, and a training may hold the other device. The caller disposes it.
 * @throws WorkbenchError `not-found` for an unknown run, checkpoint or dataset, `corrupt`.
 */
export async function openSequenceReader(
  workspace: ReadWorkspace,
  { run, checkpoint }: { run: string; checkpoint: 'best' | 'last' },
  context: JobContext,
): Promise<SequenceReader> {
  const predictor = await openPredictor(workspace, { run, checkpoint, device: 'cpu' }, context)
  return new SequenceReader(predictor, {
    behaviours: readNames(workspace.database, 'behaviours'),
    locations: readNames(workspace.database, 'locations'),
  })
}
