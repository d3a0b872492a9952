import type { ReviewProject } from '../../../shared/review.ts'
import { overlap } from '../../stores/shortcut-areas.ts'

/** Stands for every label among the actions that have keys: labels are put on where the actions of a review are wanted. */
export const anyLabel = 'review.label'

/**
 * Labels in use, with their reviews, that have the key of an action: on the desk the key does the action and puts on none of them.
 * @param key null where the action has none.
 */
export function labelsLosingKey(
  action: string,
  key: string | null,
  reviews: readonly Pick<ReviewProject, 'name' | 'labels'>[],
): { label: string; review: string }[] {
  if (!overlap(action, anyLabel)) return []
  return reviews.flatMap(({ name, labels }) =>
    labels.filter((label) => !label.retired && label.key === key).map((label) => ({ label: label.name, review: name })),
  )
}
