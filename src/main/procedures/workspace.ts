import { workspace as contract } from '../../shared/contract/workspace.ts'
import { listDatasets } from '../storage/datasets.ts'
import { folderBytes } from '../storage/folder-size.ts'
import { listReviewProjects } from '../storage/review-projects.ts'
import { listRuns } from '../storage/runs.ts'
import { readySources } from '../storage/sources.ts'
import { pageOf, procedure } from './procedure.ts'

export const status = procedure(contract.status, (host) => {
  const { kind, version, files } = pageOf(host)
  return host.read(({ database, directory }) => {
    const sources = readySources(database)
    return {
      version,
      host: kind,
      workspace: directory,
      bytes: folderBytes(directory),
      sources: sources.length,
      events: sources.reduce((sum, { events }) => sum + events, 0),
      datasets: listDatasets(database).length,
      runs: listRuns(database).length,
      reviews: listReviewProjects(database).length,
      allowedFolder: files.allowedFolder ?? null,
    }
  })
})
