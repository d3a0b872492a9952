import type { ReviewProject } from '../../../shared/review.ts'

/** Where a review's sequences come from, and which model looked at them. */
export function originText(
  { origin }: Pick<ReviewProject, 'origin'>,
  t: (key: string, values: object) => string,
): string {
  const { dataset, source, run } = origin
  const from =
    dataset === null
      ? t('review.origin.source', { name: source!.name })
      : t('review.origin.dataset', { name: dataset.name })
  return run === null ? from : `${from} · ${t('review.origin.run', { name: run.name })}`
}
