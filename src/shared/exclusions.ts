import type { ReviewExclusion } from './configuration.ts'
import type { ReviewProject } from './review.ts'

/** One thing that a review can leave out: what was flagged in it (`label` null), or what has one of its labels. */
export interface ExclusionChoice {
  project: string
  label: string | null
}

/** A choice that a person is offered. */
export interface OfferedExclusion extends ExclusionChoice {
  /** The label was taken out of its schema, and lies on sequences all the same. */
  isRetired: boolean
}

type Reviewed = Pick<ReviewProject, 'name' | 'labels' | 'retiredInUse'>

/**
 * Everything that the reviews can leave out, each review's flag first, then the labels of its schema and those that were taken out but still lie on
 * sequences. Labels of one name are one choice, as the build leaves out what any of them is on.
 */
export function exclusionChoices(reviews: readonly Reviewed[]): OfferedExclusion[] {
  return reviews.flatMap(({ name: project, labels, retiredInUse }) => {
    const current = labels.filter(({ retired }) => !retired).map(({ name }) => name)
    const retired = labels.filter(({ id, name }) => retiredInUse.includes(id) && !current.includes(name))
    return [
      { project, label: null, isRetired: false },
      ...current.map((label) => ({ project, label, isRetired: false })),
      ...[...new Set(retired.map(({ name }) => name))].map((label) => ({ project, label, isRetired: true })),
    ]
  })
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
