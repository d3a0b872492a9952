import type { ReviewProject } from '../../../shared/review.ts'
import type { Say } from '../../composables/data-words.ts'

/** Where a review's sequences come from, and which model looked at them: a part for each. */
export function originParts({ origin }: Pick<ReviewProject, 'origin'>, say: Say): string[] {
  const { dataset, source, run } = origin
  const from =
    dataset === null
      ? say('review.origin.source', { name: source!.name })
      : say('review.origin.dataset', { name: dataset.name })
  return run === null ? [from] : [from, say('review.origin.run', { name: run.name })]
}

/** The same in one line. */
export const originText = (project: Pick<ReviewProject, 'origin'>, say: Say): string =>
  originParts(project, say).join(' · ')
