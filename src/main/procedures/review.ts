import { review as contract } from '../../shared/contract/review.ts'
import { actOnSequence, readReviewItem } from '../review/act.ts'
import { reviewAgreement } from '../review/agreement.ts'
import { joinReview, redoAction, reviewerState, undoAction } from '../storage/review-actions.ts'
import { readQueue } from '../storage/review-decisions.ts'
import {
  deleteReviewProject,
  findSchemaVersion,
  listReviewProjects,
  noReview,
  replaceReviewLabels,
  requireReviewProject,
} from '../storage/review-projects.ts'
import { jobProcedure, pageOf, procedure } from './procedure.ts'

export const create = jobProcedure(contract.create, 'create-review')

export const list = procedure(contract.list, (host) => host.read(({ database }) => listReviewProjects(database)))

export const show = procedure(contract.show, (host, { project }) =>
  host.read(({ database }) => requireReviewProject(database, project)),
)

export const remove = procedure(contract.remove, (host, { project }) => {
  const name = host.write(({ database }) => deleteReviewProject(database, project))
  host.page?.labelNews.tell(project)
  return { name }
})

export const setLabels = procedure(contract.setLabels, (host, { project, schemaVersion, labels }) => {
  const changed = host.write(({ database }) => {
    replaceReviewLabels(database, project, schemaVersion, labels)
    return requireReviewProject(database, project)
  })
  host.page?.labelNews.tell(project)
  return changed
})

export const watchLabels = procedure(contract.watchLabels, (host, { project }, { signal }) => {
  const read = () => host.read(({ database }) => findSchemaVersion(database, project))
  if (read() === undefined) throw noReview(project)
  return pageOf(host).labelNews.follow(project, read, signal)
})

export const join = procedure(contract.join, (host, { project, reviewer, role }) =>
  host.write(({ database }) => joinReview(database, project, reviewer, role)),
)

export const queue = procedure(contract.queue, (host, { project, reviewer }) =>
  host.read(({ database }) => readQueue(database, project, reviewerState(database, project, reviewer))),
)

export const item = procedure(contract.item, (host, input) =>
  host.read(({ database }) => readReviewItem(database, input)),
)

export const act = procedure(contract.act, (host, input) =>
  host.write(({ database }) => actOnSequence(database, input)),
)

export const undo = procedure(contract.undo, (host, input) => host.write(({ database }) => undoAction(database, input)))

export const redo = procedure(contract.redo, (host, input) => host.write(({ database }) => redoAction(database, input)))

export const agreement = procedure(contract.agreement, (host, { project }) =>
  host.read(({ database }) => reviewAgreement(database, project)),
)

export const exportLabels = procedure(
  contract.exportLabels,
  (host, input, context) => host.run('export-review-labels', input, context),
  { write: ['output'] },
)

export const exportTaxonomy = procedure(
  contract.exportTaxonomy,
  (host, input, context) => host.run('export-review-taxonomy', input, context),
  { write: ['output'] },
)
