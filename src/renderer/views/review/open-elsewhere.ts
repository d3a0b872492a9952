import type { ReviewerRole, ReviewProject } from '../../../shared/review.ts'

/** More would be a list to read, and the page of all reviews is one. */
const most = 3

/**
 * Other reviews in which a person has something to do in the same role, with how much: sequences of a queue that is theirs, or disagreements that nobody has decided
 * where they are no reviewer. Those with most of it first.
 */
export function openElsewhere(
  reviews: readonly Pick<ReviewProject, 'id' | 'name' | 'reviewers' | 'unresolved'>[],
  { project, reviewer, role }: { project: number; reviewer: string; role: ReviewerRole },
): { id: number; name: string; open: number }[] {
  return reviews
    .filter(({ id }) => id !== project)
    .map(({ id, name, reviewers, unresolved }) => {
      const own = reviewers.find((each) => each.name === reviewer)
      if (role === 'reviewer') return { id, name, open: own?.role === 'reviewer' ? own.left : 0 }
      return { id, name, open: own?.role === 'reviewer' ? 0 : unresolved }
    })
    .filter(({ open }) => open > 0)
    .sort((a, b) => b.open - a.open)
    .slice(0, most)
}
