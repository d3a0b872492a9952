import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { parseOptions } from '../../shared/options.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
import { type ScoreOptions, type ScoreOptionsInput, type ScoreResult, scoreOptions } from '../../shared/prediction.ts'
import type { JobContext } from '../../shared/progress.ts'
import { formatLocalTime } from '../dataset/calendar.ts'
import type { HeadLogits } from '../engine/inference.ts'
import { headsOf } from '../model/configuration.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { withLock } from '../storage/locks.ts'
import {
  appendScores,
  beginScoring,
  countUsers,
  discardScoring,
  iterateScores,
  publishScoring,
  scoresLock,
  type UserScores,
} from '../storage/scores.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'
import { Meter } from './meter.ts'
import { assertOutputPath } from './output-path.ts'
import { openPredictor, type Predictor } from './predictor.ts'
import { assertTablePath, writeScoreTable } from './score-table.ts'
import { historyFilter } from './stored-history.ts'
import { topBehaviours } from './top-behaviours.ts'
import { batchesOfSimilarLength, type UserWindow, userWindows } from './user-windows.ts'

/**
 * Predicts the next behaviour of every user of the log, or of the named ones, and stores the top of each list, with the most probable place and time gap of a run that predicts them: in the workspace, where it replaces the run's earlier scores
 * in one step when everything is there, and as a CSV or Parquet table. A user's history is that of `predictNext`.
 *
 * The log is read once in the order of users; users wait, as windows of their last events, beside others of similar length until they fill a batch. Memory does not grow
 * with the number of users. A cancelled or failed scoring leaves nothing, a killed one nothing that anybody sees.
 *
 * Throws WorkbenchError `usage`, `not-found`, `conflict`, `locked` when the run is being scored already, `storage`, `device`, or `cancelled`.
 */
export async function scoreUsers(
  workspace: WriteWorkspace,
  optionsInput: ScoreOptionsInput,
  context: JobContext,
): Promise<ScoreResult> {
  const options = parseOptions(scoreOptions, optionsInput)
  if (options.output !== undefined) {
    assertTablePath(options.output)
    await assertOutputPath(options.output, { overwrite: true })
  }
  const predictor = await openPredictor(workspace, options, context)
  const { run } = predictor
  try {
    const targetTime = predictor.resolveTargetTime(options.targetTime, context)
    return await withLock(workspace.database, scoresLock(run.id), phrase`scoring users with run "${run.name}"`, () =>
      scoreInto(workspace, predictor, options, targetTime, context),
    )
  } finally {
    await predictor.dispose()
  }
}

async function scoreInto(
  { database, temporary }: WriteWorkspace,
  predictor: Predictor,
  options: ScoreOptions,
  targetTime: number | undefined,
  context: JobContext,
): Promise<ScoreResult> {
  const { run, dataset } = predictor
  const started = performance.now()
  const scoring = beginScoring(
    database,
    {
      run: run.id,
      checkpoint: options.checkpoint,
      top: options.top,
      targetTime: targetTime === undefined ? null : formatLocalTime(targetTime),
    },
    dataset.behaviours,
  )
  try {
    let users = 0
    for await (const scores of scoreBatches(database, predictor, options, targetTime, context)) {
      appendScores(database, scoring, users, scores)
      users += scores.length
    }
    throwIfCancelled(context.signal)
    if (users === 0) throw noUsers(options)
    const seconds = (performance.now() - started) / 1000
    const scores = users * Math.min(options.top, dataset.behaviours.length)
    if (options.output !== undefined) {
      const rows = metered(iterateScores(database, scoring), phrase`writing ${options.output}`, scores, context)
      await writeScoreTable(options.output, rows, headsOf(run.model), temporary)
    }
    publishScoring(database, scoring, users)
    return {
      run: { id: run.id, name: run.name },
      checkpoint: options.checkpoint,
      simulated: dataset.simulated,
      top: options.top,
      users,
      scores,
      seconds,
      usersPerSecond: users / seconds,
      output: options.output ?? null,
    }
  } catch (error) {
    discardScoring(database, scoring)
    throw error
  }
}

function noUsers({ minimumEvents }: ScoreOptions): WorkbenchError {
  return new WorkbenchError(
    'input',
    minimumEvents === 1
      ? phrase`No user has an event in the sources of the run's dataset.`
      : phrase`No user has ${minimumEvents} events in the sources of the run's dataset.`,
    minimumEvents === 1
      ? phrase`Import their events first.`
      : phrase`Ask for fewer events per user${atTerminal('--min-events')}.`,
  )
}

/** The scores of all wanted users, a batch at a time, with progress. */
async function* scoreBatches(
  database: ReadDatabase,
  predictor: Predictor,
  options: ScoreOptions,
  targetTime: number | undefined,
  context: JobContext,
): AsyncGenerator<UserScores[]> {
  const { encoder, run, dataset } = predictor
  const total = options.users?.length ?? countUsers(database, historyFilter(dataset.configuration).sources ?? [])
  const meter = new Meter(phrase`scoring users`, 'users', total, context)
  const windows = userWindows(database, dataset.configuration, encoder, run.model.length, options.users)
  for (const batch of batchesOfSimilarLength(withEnoughEvents(windows, options.minimumEvents, meter), options.batch)) {
    throwIfCancelled(context.signal)
    const logits = await predictor.next(
      batch.map(({ window }) => window),
      targetTime,
    )
    yield batch.map(({ user, window }, row) => {
      const { classes, probabilities } = topBehaviours(logits[row].behaviour, options.top)
      return {
        user,
        events: window.events,
        classes,
        probabilities,
        heads: mostProbable(logits[row], dataset.locations),
      }
    })
    meter.add(batch.length)
  }
}

/** The most probable class of each extra head. */
function mostProbable({ location, gap }: HeadLogits, locations: readonly string[]): UserScores['heads'] {
  const place = location && topBehaviours(location, 1)
  const bucket = gap && topBehaviours(gap, 1)
  return {
    ...(place && { location: { value: locations[place.classes[0]], probability: place.probabilities[0] } }),
    ...(bucket && { gap: { value: String(bucket.classes[0]), probability: bucket.probabilities[0] } }),
  }
}

/** Leaves out users with fewer events; they are done as far as progress goes. */
function* withEnoughEvents(windows: Iterable<UserWindow>, minimumEvents: number, meter: Meter): Generator<UserWindow> {
  for (const user of windows) {
    if (user.window.events >= minimumEvents) yield user
    else meter.add(1)
  }
}

const meteredRows = 4096

/** Passes rows on and reports them; stops when cancelled. */
function* metered<Row>(rows: Iterable<Row>, stage: Phrase, total: number, context: JobContext): Generator<Row> {
  const meter = new Meter(stage, 'rows', total, context)
  let passed = 0
  for (const row of rows) {
    yield row
    passed++
    if (passed % meteredRows === 0) {
      throwIfCancelled(context.signal)
      meter.add(meteredRows)
    }
  }
  throwIfCancelled(context.signal)
}
