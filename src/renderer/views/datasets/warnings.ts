import type { DatasetConfiguration } from '../../../shared/configuration.ts'
import type { DatasetPreview } from '../../../shared/datasets.ts'

/** Something about a dataset that a person may want to change before it is built; `name` is a key of `datasets.warning`. */
export interface DatasetWarning {
  name: 'fewValid' | 'fewTest' | 'unseen' | 'dropped' | 'folded' | 'padding' | 'vocabulary' | 'rules'
  count?: number
  share?: number
  mean?: number
  length?: number
  example?: string
}

/** With fewer targets, an accuracy of .3 is known to no better than +-.06. */
const fewTargets = 200
const muchUnseen = 0.05
const muchLost = 0.3
/** Of the mean history in the longest one that the model sees. */
const littleFilled = 0.25
const mostTransitionBehaviours = 4096

/** What is worth a second thought in the counts of a preview. */
export function warningsOf(
  { counts, unusedRules }: Pick<DatasetPreview, 'counts' | 'unusedRules'>,
  { length }: Pick<DatasetConfiguration, 'length'>,
): DatasetWarning[] {
  const { targets, unseenTargets, users, events } = counts
  const unseen = unseenTargets.test / Math.max(1, targets.test)
  const dropped = counts.droppedUsers / Math.max(1, users + counts.droppedUsers)
  const folded = counts.foldedLocationEvents / Math.max(1, events)
  const mean = events / Math.max(1, users)
  const found: [boolean, DatasetWarning][] = [
    [targets.valid < fewTargets, { name: 'fewValid', count: targets.valid }],
    [targets.test < fewTargets, { name: 'fewTest', count: targets.test }],
    [unseen > muchUnseen, { name: 'unseen', share: unseen }],
    [dropped > muchLost, { name: 'dropped', share: dropped }],
    [folded > muchLost, { name: 'folded', share: folded }],
    [mean < littleFilled * length, { name: 'padding', mean, length }],
    [counts.behaviours > mostTransitionBehaviours, { name: 'vocabulary', count: counts.behaviours }],
    [unusedRules.length > 0, { name: 'rules', count: unusedRules.length, example: unusedRules[0] }],
  ]
  return found.flatMap(([holds, warning]) => (holds ? [warning] : []))
}
