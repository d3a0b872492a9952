import { z } from 'zod'
import {
  type ActionOutcome,
  labelDrafts,
  mostSequences,
  type QueueEntry,
  type ReviewAgreement,
  type ReviewerState,
  type ReviewItem,
  type ReviewProject,
  reviewAction,
  reviewerRoles,
  reviewOptions,
} from '../review.ts'
import { job, request, subscription } from './leaf.ts'

const oneProject = z.strictObject({ project: z.int().min(1) })
const oneReviewer = oneProject.extend({ reviewer: z.string().trim().min(1).max(100) })
const position = z.int().min(0).max(mostSequences)
/** What the page believes to be the reviewer's version; another one is refused with `conflict`. */
const onVersion = oneReviewer.extend({ version: z.int().min(0) })
const output = z.string().min(1)

export const review = {
  /** Computes the queue and makes the project; its result is `{ project: id }`. */
  create: job(reviewOptions),
  list: request<ReviewProject[]>()(z.strictObject({})),
  show: request<ReviewProject>()(oneProject),
  /** Removes a project with everything that was labelled in it. */
  remove: request<{ name: string }>()(oneProject),
  /** Replaces the schema; labels that are not in it any more are retired, and what was labelled stays. */
  setLabels: request<ReviewProject>()(oneProject.extend({ schemaVersion: z.int().min(1), labels: labelDrafts })),
  /** The version of the labels, now and whenever they are changed; ends when the review is removed. */
  watchLabels: subscription<number>()(oneProject),
  /** Makes the person known to the project, unless they are already; who has done nothing yet takes the role. */
  join: request<ReviewerState>()(oneReviewer.extend({ role: z.enum(reviewerRoles).default('reviewer') })),
  /** The person's own sequences in their order: the queue, or the disagreements for an adjudicator. */
  queue: request<QueueEntry[]>()(oneReviewer),
  item: request<ReviewItem>()(oneReviewer.extend({ position })),
  act: request<ActionOutcome>()(onVersion.extend({ position, action: reviewAction })),
  undo: request<ActionOutcome>()(onVersion),
  redo: request<ActionOutcome>()(onVersion),
  agreement: request<ReviewAgreement>()(oneProject),
  /** Every label, flag and note with who put it there, and whether they accepted the sequence. */
  exportLabels: request<{ output: string; rows: number }>()(
    oneProject.extend({ format: z.enum(['csv', 'jsonl']), output }),
  ),
  /** The behaviours that labels of events name, as a taxonomy that `dataset build` reads; `tied` and `kept` have no rule, as votes are equal or most are for the old name. */
  exportTaxonomy: request<{ output: string; rules: number; tied: string[]; kept: string[] }>()(
    oneProject.extend({ output }),
  ),
}
