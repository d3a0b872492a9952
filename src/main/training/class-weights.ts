import { WorkbenchError } from '../../shared/errors.ts'
import { groupClasses, groupNames } from '../../shared/long-tail.ts'
import type { ClassWeights } from '../../shared/runs.ts'
import { openDataset } from '../dataset/open.ts'
import type { ReadWorkspace } from '../storage/workspace.ts'
import type { CheckpointState } from './checkpoints.ts'
import { loadCheckpointState, loadRun } from './run-directory.ts'

/** Classes that are given, about. */
const mostClasses = 1500
/** Of these, how many for being weighted most. */
const heaviestClasses = 50

/**
 * How a run's objective weighs each class, at its last checkpoint. Of very many classes those that are weighted most, and otherwise ranks evenly spaced on a
 * logarithmic axis. Null before the first checkpoint. Errors as of `openDataset`.
 */
export function readClassWeights(workspace: ReadWorkspace, idOrName: string): ClassWeights | null {
  const run = loadRun(workspace, idOrName)
  const state = lastState(run)
  if (state === undefined) return null
  const { behaviours, trainingCounts } = openDataset(workspace, run.dataset.id)
  const groups = groupClasses(trainingCounts, 'share')
  const { classWeights, classLosses } = state.objective
  return {
    step: state.step,
    savedAt: state.savedAt,
    ofClasses: behaviours.length,
    classes: shownClasses(classWeights).map((index) => ({
      name: behaviours[index],
      rank: index + 1,
      events: trainingCounts[index],
      weight: classWeights[index],
      group: groupNames[groups[index]],
      loss: classLosses.observed[index] ? classLosses.losses[index] : null,
    })),
  }
}

/** Undefined while there is none, which is so for a moment whenever one replaces another. */
function lastState(run: { directory: string }): CheckpointState | undefined {
  try {
    return loadCheckpointState(run, 'last')
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'not-found') return undefined
    throw error
  }
}

/** Ascending class ids. */
function shownClasses(weights: readonly number[]): number[] {
  const all = Array.from(weights.keys())
  if (all.length <= mostClasses) return all
  const heaviest = all.toSorted((a, b) => weights[b] - weights[a]).slice(0, heaviestClasses)
  const spaced = Array.from({ length: mostClasses }, (_, index) =>
    Math.round(weights.length ** (index / (mostClasses - 1)) - 1),
  )
  return [...new Set([...heaviest, ...spaced])].sort((a, b) => a - b)
}
