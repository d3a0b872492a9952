import assert from 'node:assert'
import { throwIfCancelled, WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type Batch, type Dataset, type Split, splitCode } from '../dataset/types.ts'
import { keptClasses, type ModelPredictions } from './predictions.ts'
import { scoreTarget, topClasses } from './ranking.ts'

/** Batches of a split and what a model says of them. */
export interface TargetStream {
  batches: Iterable<Batch>
  /** [B, I, V]. */
  logits(batch: Batch): Promise<Float32Array>
}

export interface TargetCounts {
  seen: number
  unseen: number
}

/** Targets of a split, from the dataset's columns alone. */
export function countTargets(dataset: Dataset, split: Split): TargetCounts {
  const counts = { seen: 0, unseen: 0 }
  const { split: period, behaviour } = dataset.columns
  for (let user = 0; user < dataset.users.length; user += 1) {
    for (let event = dataset.userOffsets[user] + 1; event < dataset.userOffsets[user + 1]; event += 1) {
      if (period[event] !== splitCode[split]) continue
      if (behaviour[event] < dataset.behaviours.length) counts.seen += 1
      else counts.unseen += 1
    }
  }
  return counts
}

/**
 * Calls back for every target of a stream of batches, with its logits plus `shift`. The array of logits is reused between calls. One batch
 * of logits is in memory at a time.
 *
 * @param shift added to the logits: [V]
 * @param total number of targets, for the progress
 */
export async function forEachTarget(
  stream: TargetStream,
  shift: Float64Array,
  progress: { stage: Phrase; total: number; context: JobContext },
  callback: (logits: Float64Array, target: { user: number; event: number; id: number }) => void,
): Promise<void> {
  const classes = shift.length
  const row = new Float64Array(classes)
  const started = performance.now()
  let done = 0
  for (const batch of stream.batches) {
    throwIfCancelled(progress.context.signal)
    const logits = await stream.logits(batch)
    assert.equal(logits.length, batch.size * batch.length * classes, 'logits must be [B, I, V]')
    for (let position = 0; position < batch.event.length; position += 1) {
      const event = batch.event[position]
      if (event < 0) continue
      for (let id = 0; id < classes; id += 1) row[id] = logits[position * classes + id] + shift[id]
      const user = batch.user[Math.floor(position / batch.length)]
      callback(row, { user, event, id: batch.target[position] })
      done += 1
    }
    const rate = (1000 * done) / (performance.now() - started)
    progress.context.report({
      stage: progress.stage,
      done,
      total: progress.total,
      unit: 'targets',
      rate,
      secondsLeft: (progress.total - done) / rate,
    })
  }
  assert.equal(done, progress.total, 'the batches of a split must hold each of its targets once')
}

/**
 * The predictions of a model for every target of a split, in the order of events.
 *
 * @param shift added to the logits, for post-hoc adjustment: [V]
 * @param correction log factors of the prior correction, on top of `shift`: [V]; null when there is none
 * @throws WorkbenchError `input` when the split has no target with a behaviour seen in training
 */
export async function scoreTargets(
  stream: TargetStream,
  counts: TargetCounts,
  shift: Float64Array,
  correction: Float64Array | null,
  progress: { stage: Phrase; context: JobContext },
): Promise<ModelPredictions> {
  if (counts.seen === 0) throw noTargets(counts)
  const total = counts.seen + counts.unseen
  const columns = allocate(shift.length, total, correction !== null)
  const corrected = new Float64Array(shift.length)
  const top = new Int32Array(keptClasses)
  let row = 0
  await forEachTarget(stream, shift, { ...progress, total }, (logits, target) => {
    const scored = scoreTarget(logits, target.id)
    columns.user[row] = target.user
    columns.event[row] = target.event
    columns.target[row] = target.id
    columns.predicted[row] = scored.predicted
    columns.rank[row] = scored.rank
    columns.logProbability[row] = scored.logProbability
    columns.confidence[row] = scored.confidence
    topClasses(logits, top)
    columns.top.set(top, row * keptClasses)
    if (correction !== null && columns.corrected !== undefined) {
      for (let id = 0; id < corrected.length; id += 1) corrected[id] = logits[id] + correction[id]
      const after = scoreTarget(corrected, target.id)
      columns.corrected.predicted[row] = after.predicted
      columns.corrected.logProbability[row] = after.logProbability
      columns.corrected.confidence[row] = after.confidence
    }
    row += 1
  })
  return sortByEvent(columns)
}

function allocate(classes: number, rows: number, corrected: boolean): ModelPredictions {
  return {
    classes,
    user: new Int32Array(rows),
    event: new Int32Array(rows),
    target: new Int32Array(rows),
    predicted: new Int32Array(rows),
    rank: new Int32Array(rows),
    logProbability: new Float32Array(rows),
    confidence: new Float32Array(rows),
    top: new Int32Array(rows * keptClasses),
    ...(corrected && {
      corrected: {
        predicted: new Int32Array(rows),
        logProbability: new Float32Array(rows),
        confidence: new Float32Array(rows),
      },
    }),
  }
}

/** Rows in ascending order of events; asserts that no event comes twice. */
function sortByEvent(columns: ModelPredictions): ModelPredictions {
  const order = Int32Array.from(columns.event.keys()).sort((a, b) => columns.event[a] - columns.event[b])
  for (let index = 1; index < order.length; index += 1) {
    assert(columns.event[order[index]] !== columns.event[order[index - 1]], 'a target was predicted twice')
  }
  const integers = (column: Int32Array) => Int32Array.from(order, (row) => column[row])
  const reals = (column: Float32Array) => Float32Array.from(order, (row) => column[row])
  const { corrected } = columns
  return {
    classes: columns.classes,
    user: integers(columns.user),
    event: integers(columns.event),
    target: integers(columns.target),
    predicted: integers(columns.predicted),
    rank: integers(columns.rank),
    logProbability: reals(columns.logProbability),
    confidence: reals(columns.confidence),
    top: Int32Array.from(columns.top, (_, index) => {
      return columns.top[order[Math.floor(index / keptClasses)] * keptClasses + (index % keptClasses)]
    }),
    ...(corrected && {
      corrected: {
        predicted: integers(corrected.predicted),
        logProbability: reals(corrected.logProbability),
        confidence: reals(corrected.confidence),
      },
    }),
  }
}

function noTargets(counts: TargetCounts): WorkbenchError {
  return counts.unseen === 0
    ? new WorkbenchError(
        'input',
        phrase`The split has no targets: no user has an event in that period after an earlier one.`,
        phrase`Build the dataset with other shares for the periods, or with more events.`,
      )
    : new WorkbenchError(
        'input',
        phrase`None of the targets of the split (${counts.unseen}) has a behaviour that occurs in the training period.`,
        phrase`Build the dataset with a longer training period.`,
      )
}
