import type { ReviewProject } from '../../../shared/review.ts'

type Translate = (key: string, values: object) => string

/** Where a review's sequences come from, and which model looked at them: a part for each. */
export function originParts({ origin }: Pick<ReviewProject, 'origin'>, t: Translate): string[] {
  const { dataset, source, run } = origin
  const from =
    dataset === null
      ? t('review.origin.source', { name: source!.name })
      : t('review.origin.dataset', { name: dataset.name })
  return run === null ? [from] : [from, t('review.origin.run', { name: run.name })]
}

/** The same in one line. */
export const originText = (project: Pick<ReviewProject, 'origin'>, t: Translate): string =>
  originParts(project, t).join(' · ')
