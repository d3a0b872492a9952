import type { Migration } from './migration.ts'

/** The most probable behaviours of scored users in the order of their probabilities: of all users, and of those of one behaviour. */
export const firstScores: Migration = {
  number: 15,
  name: 'first-scores',
  sql: `
CREATE INDEX first_scores_by_probability ON scores (scoring, probability, user) WHERE rank = 1;
CREATE INDEX first_scores_by_class ON scores (scoring, class, probability, user) WHERE rank = 1;
`,
}
