import type { StoredEvaluation } from '../../shared/evaluation.ts'
import type {
  BehaviourFigures,
  BehaviourOptions,
  ConfusionFigures,
  ConfusionOptions,
  EvaluatedTargets,
  ExportTargetsOptions,
  TargetFilter,
  TargetOptions,
  TargetSequence,
  TargetSequenceOptions,
} from '../../shared/evaluation-details.ts'
import type { TableColumn, TableOptions } from '../../shared/table.ts'
import { type FileColumn, writeTableFile } from '../storage/table-file.ts'
import { openWorkspace, type ReadWorkspace } from '../storage/workspace.ts'
import { refuseDifferentDatasets } from './compare.ts'
import { countConfusions } from './report/confusions.ts'
import { mostTested } from './report/document.ts'
import { type OpenEvaluation, openEvaluation, requireEvaluation } from './stored.ts'
import { measure } from './summary.ts'
import { describeTarget, targetColumns, targetLines, targetRows, targetSequence } from './targets.ts'

/** So many evaluations stay open; each holds 50 to 60 bytes a target, and its dataset. */
const keptEvaluations = 4
/** Behaviours that a page gets figures of. */
const shownBehaviours = 20_000

/** Its type in a file: of numbers that are all whole, such as counts, that of whole numbers. */
const withWholeType =
  (rows: TableOptions['rows']) =>
  (column: TableColumn, index: number): FileColumn => {
    if (column.type === 'text') return column
    const numbers = rows.map((row) => row[index]).filter((cell) => cell !== null)
    return numbers.length > 0 && numbers.every(Number.isSafeInteger) ? { ...column, type: 'whole' } : column
  }

/**
 * Answers questions about the predictions behind stored evaluations, and keeps those asked about lately in memory. An evaluation that was made again is read again.
 *
 * Every method throws WorkbenchError `not-found` for a run that is gone or was not evaluated so, `corrupt` for damaged files, `conflict` when the dataset is another.
 */
export class EvaluationDesk {
  readonly #workspace: ReadWorkspace
  /** By what tells them apart, the latest used last. */
  readonly #open = new Map<string, OpenEvaluation>()
  /** The rows of the last filter, which a page scrolls through. */
  #rows: { key: string; rows: Int32Array } | undefined

  /** @param directory the workspace. */
  constructor(directory: string) {
    this.#workspace = openWorkspace(directory, { mode: 'read' })
  }

  /** Throws WorkbenchError `conflict` also when the runs were trained on different datasets. */
  async behaviours({ runs, split, checkpoint, groupRule }: BehaviourOptions): Promise<BehaviourFigures> {
    const opened = runs.map((entry) => {
      const { run, adjustment } = typeof entry === 'string' ? { run: entry, adjustment: 0 } : entry
      return this.#evaluation({ run, adjustment, split, checkpoint, rule: groupRule })
    })
    refuseDifferentDatasets(opened.map(({ evaluation: { run, dataset } }) => ({ name: run.name, dataset })))
    const [{ dataset, groups }] = opened
    const tallies = opened.map(({ predictions }) => measure(predictions, groups).tally)
    const shown = mostTested(tallies[0].support, dataset.trainingCounts, shownBehaviours)
    const numbers = (column: ArrayLike<number>) => shown.map((id) => column[id])
    return {
      total: dataset.behaviours.length,
      name: shown.map((id) => dataset.behaviours[id]),
      group: numbers(groups),
      trainingEvents: numbers(dataset.trainingCounts),
      support: numbers(tallies[0].support),
      runs: opened.map(({ evaluation: { run } }, index) => ({
        run: { id: run.id, name: run.name },
        predicted: numbers(tallies[index].predicted),
        correct: numbers(tallies[index].correct),
      })),
    }
  }

  async confusions({ pairs, classes, ...stored }: ConfusionOptions): Promise<ConfusionFigures> {
    const { predictions, dataset } = this.#evaluation(stored)
    const counted = countConfusions(predictions, { pairs, classes })
    return {
      ...counted,
      pairs: counted.pairs.map(({ target, predicted, count, share }) => ({
        behaviour: dataset.behaviours[target],
        predicted: dataset.behaviours[predicted],
        count,
        share,
      })),
      classes: counted.classes.map((id) => dataset.behaviours[id]),
    }
  }

  /** Throws WorkbenchError `not-found` also for a behaviour that is not in the vocabulary. */
  async targets({ offset, limit, ...filter }: TargetOptions): Promise<EvaluatedTargets> {
    const open = this.#evaluation(filter)
    const rows = this.#rowsOf(open, filter)
    const targets = Array.from(rows.subarray(offset, offset + limit), (row) => describeTarget(open, row))
    return { total: rows.length, targets }
  }

  /** Throws WorkbenchError `not-found` also when the event is no target of the evaluation. */
  async sequence(options: TargetSequenceOptions): Promise<TargetSequence> {
    return targetSequence(this.#evaluation(options), options)
  }

  /** Numbers that are all whole, such as counts, are whole numbers in Parquet. Throws WorkbenchError `usage` for a file with another ending, `storage` when the disk refuses. */
  async writeTable({ columns, rows, output }: TableOptions): Promise<{ rows: number }> {
    await writeTableFile(output, columns.map(withWholeType(rows)), rows, this.#workspace.temporary)
    return { rows: rows.length }
  }

  /** Errors as of `targets` and `writeTable`. */
  async exportTargets({ output, ...filter }: ExportTargetsOptions): Promise<{ rows: number }> {
    const open = this.#evaluation(filter)
    const rows = this.#rowsOf(open, filter)
    await writeTableFile(output, targetColumns, targetLines(open, rows), this.#workspace.temporary)
    return { rows: rows.length }
  }

  close(): void {
    this.#workspace.close()
  }

  #evaluation(stored: StoredEvaluation): OpenEvaluation {
    const { run, parametersHash, createdAt } = requireEvaluation(this.#workspace, stored)
    const { split, checkpoint, rule, adjustment } = stored
    const key = JSON.stringify([run.id, split, checkpoint, rule, adjustment, parametersHash, createdAt])
    const opened = this.#open.get(key) ?? openEvaluation(this.#workspace, stored)
    this.#open.delete(key)
    this.#open.set(key, opened)
    const [oldest] = this.#open.keys()
    if (this.#open.size > keptEvaluations) this.#open.delete(oldest)
    return opened
  }

  #rowsOf(open: OpenEvaluation, filter: TargetFilter): Int32Array {
    const { behaviour, predicted, outcome, order } = filter
    const { run, createdAt, split, checkpoint, rule, adjustment } = open.evaluation
    const wanted = [run.id, createdAt, split, checkpoint, rule, adjustment, behaviour, predicted, outcome, order]
    const key = JSON.stringify(wanted)
    if (this.#rows?.key !== key) this.#rows = { key, rows: targetRows(open, filter) }
    return this.#rows.rows
  }
}
