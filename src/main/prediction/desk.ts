import { statSync } from 'node:fs'
import { WorkbenchError } from '../../shared/errors.ts'
import { type GroupName, groupClasses, groupNames } from '../../shared/long-tail.ts'
import { phrase } from '../../shared/phrase.ts'
import {
  type HistoryOptions,
  type InspectedRun,
  type InspectedSequence,
  type Inspection,
  type InspectOptions,
  type KnownName,
  type KnownNamesOptions,
  type ModelFacts,
  mostGivenEvents,
  type ReadSequence,
  type ReadSequenceOptions,
  type UserHistory,
} from '../../shared/prediction.ts'
import { silentContext } from '../../shared/progress.ts'
import type { TimelineEvent } from '../../shared/sequence.ts'
import { readySources } from '../storage/sources.ts'
import { openWorkspace, type ReadWorkspace } from '../storage/workspace.ts'
import { checkpointDirectory } from '../training/checkpoints.ts'
import { loadRun } from '../training/run-directory.ts'
import { figuresOfEvents } from './event-figures.ts'
import { encodeEvents, type NamedEvent } from './history.ts'
import { readInputText } from './input-text.ts'
import { inspectSequences } from './inspect.ts'
import { findKnownNames } from './known-names.ts'
import { openPredictor, type Predictor } from './predictor.ts'
import { parseSequence, readGivenHistory } from './sequence.ts'
import { readStoredHistory } from './stored-history.ts'

/** The run as it was when it was opened. */
interface OpenRun {
  readonly predictor: Predictor
  /** Of each class. */
  readonly groups: readonly GroupName[]
  /** Tells a checkpoint from the one that replaces it. */
  readonly stamp: string
}

/** Whole histories of so many users are kept, so that what is edited is not read again. */
const keptHistories = 4

/**
 * Answers questions about one checkpoint of a run, one at a time, and keeps the model loaded between them. Each time it makes sure that the run is still there and its
 * checkpoint the same; a replaced one is loaded again.
 *
 * Every method throws WorkbenchError `not-found` for a run or checkpoint that is gone, `corrupt`, or `device`.
 */
export class PredictionDesk {
  readonly #workspace: ReadWorkspace
  readonly #run: string
  readonly #checkpoint: 'best' | 'last'
  #open: OpenRun | undefined
  /** By user, the latest used last; of the sources of `#log`. */
  readonly #histories = new Map<string, NamedEvent[]>()
  #log = ''

  /** @param directory the workspace. */
  constructor(directory: string, { run, checkpoint }: InspectedRun) {
    this.#workspace = openWorkspace(directory, { mode: 'read' })
    this.#run = run
    this.#checkpoint = checkpoint
  }

  async describe(): Promise<ModelFacts> {
    const { run, dataset, zone } = (await this.#fresh()).predictor
    const { length, layers, heads, habit, targetTime } = run.model
    return {
      run: { id: run.id, name: run.name },
      checkpoint: this.#checkpoint,
      dataset: { id: dataset.id, name: dataset.name },
      simulated: dataset.simulated,
      behaviours: dataset.behaviours.length,
      locations: dataset.locations.length - 1,
      length,
      layers,
      heads,
      habit,
      targetTime,
      zone: zone ?? null,
    }
  }

  async names({ kind, search, limit }: KnownNamesOptions): Promise<KnownName[]> {
    const { predictor, groups } = await this.#fresh()
    const { behaviours, locations, trainingCounts } = predictor.dataset
    if (kind === 'behaviours') {
      return findKnownNames(behaviours, search, limit).map((id) => ({
        name: behaviours[id],
        group: groups[id],
        trainingEvents: trainingCounts[id],
      }))
    }
    // The first place stands for unknown and rare ones.
    const ids = findKnownNames(locations.slice(1), search, limit)
    return ids.map((id) => ({ name: locations[id + 1], group: null, trainingEvents: null }))
  }

  /** Throws WorkbenchError `not-found` also for an unknown user, `input` for one without events in the dataset's sources. */
  async history({ user, limit }: HistoryOptions): Promise<UserHistory> {
    const open = await this.#fresh()
    const events = this.#historyOf(open, user)
    return { user, total: events.length, events: events.slice(-limit).map((event) => timelineEvent(open, event)) }
  }

  /** Errors as of `history`. */
  async surprise({ user, limit }: HistoryOptions): Promise<UserHistory> {
    const open = await this.#fresh()
    const events = this.#historyOf(open, user)
    const from = Math.max(0, events.length - limit)
    const history = encodeEvents(open.predictor.encoder, events)
    const latest = [{ start: from, end: events.length }]
    const [figures] = await figuresOfEvents(open.predictor, history, latest, silentContext.signal)
    return {
      user,
      total: events.length,
      events: events.slice(from).map((event, index) => ({
        ...timelineEvent(open, event),
        surprise: figures[index].surprise,
      })),
    }
  }

  /** Throws WorkbenchError `input` and `usage` also for a history or target time that cannot be used, `conflict` when the log has changed. */
  async inspect({ sequence, reference, top, targetTime: text }: InspectOptions): Promise<Inspection> {
    const open = await this.#fresh()
    const { predictor, groups } = open
    const targetTime = predictor.resolveTargetTime(text, silentContext)
    const sequences = [sequence, ...(reference === undefined ? [] : [reference])].map((each) =>
      this.#eventsOf(open, each),
    )
    const { read, ...answer } = await inspectSequences(predictor, groups, sequences, { top, targetTime })
    return {
      run: { id: predictor.run.id, name: predictor.run.name },
      checkpoint: this.#checkpoint,
      ...answer,
      window: read.map((event) => ({
        ...timelineEvent(open, event),
        knownBehaviour: predictor.encoder.behaviour(event.behaviour) < predictor.encoder.behaviours,
        knownLocation: event.location === '' || predictor.encoder.location(event.location) > 0,
      })),
    }
  }

  /** Throws WorkbenchError `input` that names text or file and line, `not-found`, `storage`, `usage` where it holds several users. */
  async readSequence({ text, input, user }: ReadSequenceOptions): Promise<ReadSequence> {
    const { predictor } = await this.#fresh()
    const given = text === undefined ? await readInputText(input!, process.stdin) : { name: phrase`The text`, text }
    const events = parseSequence(given.name, given.text, { user, mapping: {} }, predictor.zone)
    return {
      total: events.length,
      events: events.slice(-mostGivenEvents).map(({ time, behaviour, location }) => ({
        time,
        behaviour,
        location: location === '' ? null : location,
      })),
    }
  }

  async dispose(): Promise<void> {
    await this.#open?.predictor.dispose()
    this.#workspace.close()
  }

  /** The run as it is now. */
  async #fresh(): Promise<OpenRun> {
    const { directory } = loadRun(this.#workspace, this.#run)
    const { ino, ctimeNs } = statSync(checkpointDirectory(directory, this.#checkpoint), { bigint: true })
    const stamp = `${ino} ${ctimeNs}`
    if (this.#open?.stamp === stamp) return this.#open
    await this.#open?.predictor.dispose()
    this.#open = undefined
    const options = { run: this.#run, checkpoint: this.#checkpoint, device: 'cpu', attention: true } as const
    const predictor = await openPredictor(this.#workspace, options, silentContext)
    const groups = Array.from(groupClasses(predictor.dataset.trainingCounts, 'share'), (code) => groupNames[code])
    this.#open = { predictor, groups, stamp }
    return this.#open
  }

  #historyOf({ predictor }: OpenRun, user: string): NamedEvent[] {
    const { database } = this.#workspace
    const log = JSON.stringify(readySources(database).map(({ id, events }) => [id, events]))
    if (log !== this.#log) this.#histories.clear()
    this.#log = log
    const known = this.#histories.get(user)
    const events = known ?? readStoredHistory(database, predictor.dataset.configuration, user)
    this.#histories.delete(user)
    this.#histories.set(user, events)
    const [oldest] = this.#histories.keys()
    if (this.#histories.size > keptHistories) this.#histories.delete(oldest)
    return events
  }

  /** The events of a sequence in order of time, equal times in the given order. */
  #eventsOf(open: OpenRun, { stored, events }: InspectedSequence): NamedEvent[] {
    const given = readGivenHistory(events, open.predictor.zone)
    if (stored === undefined) return given
    const history = this.#historyOf(open, stored.user)
    if (history.length < stored.events) {
      throw new WorkbenchError(
        'conflict',
        phrase`The log holds only ${history.length} of the ${stored.events} events of ${JSON.stringify(stored.user)} that were asked for.`,
        phrase`It has changed since: load the user again.`,
      )
    }
    const all = [...history.slice(0, stored.events), ...given]
    const isOrdered = given.length === 0 || given[0].time >= history[stored.events - 1].time
    return isOrdered ? all : all.sort((left, right) => left.time - right.time)
  }
}

function timelineEvent({ predictor, groups }: OpenRun, { time, behaviour, location }: NamedEvent): TimelineEvent {
  const group = groups[predictor.encoder.behaviour(behaviour)] ?? null
  return { time, behaviour, location: location === '' ? null : location, group }
}
