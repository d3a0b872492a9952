import type { Dataset } from '../../dataset/types.ts'
import type { ReportDocument, ReportInput } from './document.ts'
import { reportPage } from './html.ts'
import { classTable, comparisonTable, confusionTable, groupTable, headTable, summaryTable } from './tables.ts'

/** The files of a report by name. @param groups group of each class: [V] */
export async function reportFiles(
  dataset: Dataset,
  document: ReportDocument,
  inputs: readonly ReportInput[],
  groups: Uint8Array,
): Promise<Record<string, string>> {
  const evaluations = inputs.map(({ evaluation }) => evaluation)
  return {
    'report.html': await reportPage(document),
    'report.json': `${JSON.stringify(document, null, 2)}\n`,
    'summary.csv': summaryTable(evaluations),
    'groups.csv': groupTable(evaluations),
    'behaviours.csv': classTable(dataset, inputs, groups),
    'confusions.csv': confusionTable(dataset, document),
    ...(evaluations.some(({ heads }) => heads !== undefined) && { 'heads.csv': headTable(evaluations) }),
    ...(document.comparisons.length > 0 && { 'differences.csv': comparisonTable(document) }),
  }
}
