import type { DatasetConfiguration, DatasetOptions } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { ReviewTaxonomy } from '../../shared/taxonomy.ts'
import type { ReadDatabase } from '../storage/database.ts'
import { findReviewProject } from '../storage/review-projects.ts'
import { reviewTaxonomy } from '../storage/review-taxonomy.ts'

/** A configuration that names no review any more, and what the review said that gave its rules; null where none did. */
export interface ResolvedConfiguration {
  configuration: DatasetConfiguration
  taxonomy: ReviewTaxonomy | null
}

/**
 * Puts the rules of a review, by the labels as they are now, into the configuration: what is built is what the same rules of a file would give.
 * @throws WorkbenchError `not-found` for an unknown review, `input` for one that renames nothing.
 */
export function resolveTaxonomy(
  database: ReadDatabase,
  { taxonomyOfReview, ...configuration }: DatasetOptions,
): ResolvedConfiguration {
  if (taxonomyOfReview === undefined) return { configuration, taxonomy: null }
  const taxonomy = reviewTaxonomy(database, findReviewProject(database, taxonomyOfReview))
  if (taxonomy.rules.length === 0) throw namesNothing(taxonomy)
  const rules = Object.fromEntries(taxonomy.rules.map(({ behaviour, name }) => [behaviour, name]))
  return { configuration: { ...configuration, taxonomy: rules }, taxonomy }
}

function namesNothing({ review, tied, kept }: ReviewTaxonomy): WorkbenchError {
  return new WorkbenchError(
    'input',
    tied.length + kept.length === 0
      ? phrase`In the review "${review.name}", no accepted event has a label that says what it really is.`
      : phrase`The review "${review.name}" gives no behaviour another name. Behaviours that keep theirs: ${kept.length}; with two names equally frequent: ${tied.length}.`,
    phrase`A behaviour gets another name when most of its events in accepted sequences have labels that name it.`,
  )
}
