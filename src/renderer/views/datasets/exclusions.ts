import type { ReviewExclusion } from '../../../shared/configuration.ts'
import type { ReviewProject } from '../../../shared/review.ts'

/** One thing that a review can leave out: what was flagged in it (`label` null), or what has one of its labels. */
export interface ExclusionChoice {
  project: string
  label: string | null
}

/** Everything that the reviews can leave out, each review's flag first. */
export function exclusionChoices(reviews: readonly Pick<ReviewProject, 'name' | 'labels'>[]): ExclusionChoice[] {
  return reviews.flatMap(({ name, labels }) => [
    { project: name, label: null },
    ...labels.filter(({ retired }) => !retired).map((label) => ({ project: name, label: label.name })),
  ])
}

/** The choices of a configuration. */
export function choicesOf(exclusions: readonly ReviewExclusion[] = []): ExclusionChoice[] {
  return exclusions.flatMap(({ project, flagged, labels }) => [
    ...(flagged ? [{ project, label: null }] : []),
    ...labels.map((label) => ({ project, label })),
  ])
}

/** The configuration of choices; undefined for none, as datasets without reviews have it. */
export function exclusionsOf(choices: readonly ExclusionChoice[]): ReviewExclusion[] | undefined {
  const byProject = Map.groupBy(choices, ({ project }) => project)
  const exclusions = [...byProject].map(([project, chosen]) => ({
    project,
    flagged: chosen.some(({ label }) => label === null),
    labels: chosen.flatMap(({ label }) => (label === null ? [] : [label])),
  }))
  return exclusions.length === 0 ? undefined : exclusions
}
