import type { ReviewTaxonomy } from '../../../shared/taxonomy.ts'
import { collator } from '../../per-language.ts'

/** A rule as it is shown; with how many of the review's votes were for it, where a review gave it. */
export interface ShownRule {
  behaviour: string
  name: string
  votes?: { own: number; all: number }
}

/** The rules of a configuration, behaviours that are merged side by side, with their votes. */
export function shownRules(
  taxonomy: Readonly<Record<string, string>>,
  review: Pick<ReviewTaxonomy, 'rules'> | null,
  locale: string,
): ShownRule[] {
  const { compare } = collator(locale)
  const votes = new Map(review?.rules.map((rule) => [rule.behaviour, { own: rule.votes, all: rule.ofVotes }]))
  return Object.entries(taxonomy)
    .map(([behaviour, name]) => ({ behaviour, name, votes: votes.get(behaviour) }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.behaviour, b.behaviour))
}

/** The reviews that have labels which say what an event really is, also where these are not in the schema any more. */
export const namesBehaviours = ({ labels }: { labels: readonly { behaviour: string | null }[] }): boolean =>
  labels.some(({ behaviour }) => behaviour !== null)
