import path from 'node:path'
import packageDocument from '../../../../package.json' with { type: 'json' }
import { type ReportOptionsInput, reportOptions } from '../../../shared/evaluation.ts'
import { groupClasses } from '../../../shared/long-tail.ts'
import { parseOptions } from '../../../shared/options.ts'
import { phrase } from '../../../shared/phrase.ts'
import type { JobContext } from '../../../shared/progress.ts'
import { withStorageErrorsAsync } from '../../storage/failures.ts'
import { makeDirectory, writeFileAtomic } from '../../storage/files.ts'
import { readRunHistory } from '../../storage/runs.ts'
import type { WriteWorkspace } from '../../storage/workspace.ts'
import { loadRun } from '../../training/run-directory.ts'
import { evaluateAll } from '../compare.ts'
import { compareEvaluated } from '../paired.ts'
import { openTrainedDataset } from '../trained-dataset.ts'
import { reportDocument } from './document.ts'
import { reportFiles } from './files.ts'
import { reportPage } from './html.ts'

/** What was written: absolute paths. */
export interface WrittenReport {
  directory: string
  /** The page to look at. */
  page: string
  files: string[]
}

/**
 * Writes a report on one or more runs of one dataset: `report.html`, `report.json`, `summary.csv`, `groups.csv`, `behaviours.csv`,
 * `confusions.csv`, `heads.csv` where a run has extra heads and, for several runs, `differences.csv` against the first. Runs that were not evaluated so are evaluated first. Files
 * of these names are replaced; others in the directory are left alone.
 *
 * @throws WorkbenchError `conflict` when the runs were trained on different datasets, `storage` when the directory cannot be written
 */
export async function writeReport(
  workspace: WriteWorkspace,
  input: ReportOptionsInput,
  directory: string,
  context: JobContext,
): Promise<WrittenReport> {
  const { dataset, document, inputs, groups } = await assemble(workspace, input, context)
  const contents = await reportFiles(dataset, document, inputs, groups)

  const target = path.resolve(directory)
  await withStorageErrorsAsync(phrase`making ${target}`, async () => makeDirectory(target))
  for (const [name, content] of Object.entries(contents)) await writeFileAtomic(path.join(target, name), content)
  return {
    directory: target,
    page: path.join(target, 'report.html'),
    files: Object.keys(contents).map((name) => path.join(target, name)),
  }
}

/**
 * Writes only the page of a report, which holds all its data. Errors as of `writeReport`.
 * @param output path of the HTML file; replaced where it is there.
 */
export async function writeReportPage(
  workspace: WriteWorkspace,
  input: ReportOptionsInput,
  output: string,
  context: JobContext,
): Promise<{ output: string }> {
  const { document } = await assemble(workspace, input, context)
  await writeFileAtomic(output, await reportPage(document))
  return { output }
}

async function assemble(workspace: WriteWorkspace, input: ReportOptionsInput, context: JobContext) {
  const options = parseOptions(reportOptions, input)
  const evaluated = await evaluateAll(workspace, options, context)
  const dataset = openTrainedDataset(workspace, loadRun(workspace, evaluated[0].evaluation.run.id))
  const groups = groupClasses(dataset.trainingCounts, options.groupRule)
  const inputs = evaluated.map((entry) => ({
    ...entry,
    history: readRunHistory(workspace.database, entry.evaluation.run.id),
  }))
  const bootstrap = { samples: options.bootstrapSamples, seed: options.seed }
  const comparison = inputs.length > 1 ? await compareEvaluated(inputs, groups, bootstrap, context) : null
  const document = reportDocument(dataset, inputs, groups, comparison, packageDocument.version)
  return { dataset, document, inputs, groups }
}
