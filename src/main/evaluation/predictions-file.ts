import path from 'node:path'
import { WorkbenchError } from '../../shared/errors.ts'
import { headViewNames } from '../../shared/heads.ts'
import { phrase } from '../../shared/phrase.ts'
import {
  openSafetensors,
  type SafetensorsFile,
  type Tensor,
  type TensorArray,
  writeSafetensors,
} from '../storage/safetensors.ts'
import { type HeadPredictions, keptClasses, type ModelPredictions, type ScoredPredictions } from './predictions.ts'

/** What a predictions file must belong to: checked when it is read. */
export interface PredictionsOrigin {
  contentHash: string
  parametersHash: string
}

/**
 * Path without extension of an evaluation's files, `.json` the result and `.safetensors` the predictions: `evaluations/test`, with the
 * settings that differ from the default appended: `evaluations/test-last-percent-tau0.5`.
 */
export function evaluationPath(
  runDirectory: string,
  key: { split: string; checkpoint: string; rule: string; adjustment: number },
): string {
  const name = [
    key.split,
    ...(key.checkpoint === 'best' ? [] : [key.checkpoint]),
    ...(key.rule === 'share' ? [] : [key.rule]),
    ...(key.adjustment === 0 ? [] : [`tau${key.adjustment}`]),
  ].join('-')
  return path.join(runDirectory, 'evaluations', name)
}

/** Writes predictions as safetensors, 4 bytes per number: about 48 (with prior correction 60) bytes a target. */
export async function writePredictions(
  file: string,
  predictions: ModelPredictions,
  origin: PredictionsOrigin,
): Promise<void> {
  const rows = predictions.event.length
  const column = (data: TensorArray): Tensor => ({ data, shape: [rows] })
  const { corrected } = predictions
  await writeSafetensors(
    file,
    {
      user: column(predictions.user),
      event: column(predictions.event),
      target: column(predictions.target),
      predicted: column(predictions.predicted),
      rank: column(predictions.rank),
      logProbability: column(predictions.logProbability),
      confidence: column(predictions.confidence),
      top: { data: predictions.top, shape: [rows, keptClasses] },
      ...(corrected && {
        'corrected.predicted': column(corrected.predicted),
        'corrected.logProbability': column(corrected.logProbability),
        'corrected.confidence': column(corrected.confidence),
      }),
      ...headColumns(predictions.heads ?? {}, column),
    },
    { classes: String(predictions.classes), contentHash: origin.contentHash, parametersHash: origin.parametersHash },
  )
}

/**
 * Reads predictions.
 *
 * @throws WorkbenchError `not-found` when there are none, `corrupt` when the file is damaged or belongs to another dataset or parameters
 */
export function readPredictions(file: string, origin: PredictionsOrigin): ModelPredictions {
  const stored = openSafetensors(file)
  if (stored.metadata.contentHash !== origin.contentHash || stored.metadata.parametersHash !== origin.parametersHash) {
    throw new WorkbenchError(
      'corrupt',
      phrase`${file} holds predictions of another dataset or other parameters than the evaluation beside it.`,
      phrase`Evaluate the run again.`,
    )
  }
  return {
    classes: Number(stored.metadata.classes),
    user: stored.read('user', 'I32'),
    event: stored.read('event', 'I32'),
    target: stored.read('target', 'I32'),
    predicted: stored.read('predicted', 'I32'),
    rank: stored.read('rank', 'I32'),
    logProbability: stored.read('logProbability', 'F32'),
    confidence: stored.read('confidence', 'F32'),
    top: stored.read('top', 'I32'),
    ...(stored.tensors.has('corrected.predicted') && {
      corrected: {
        predicted: stored.read('corrected.predicted', 'I32'),
        logProbability: stored.read('corrected.logProbability', 'F32'),
        confidence: stored.read('corrected.confidence', 'F32'),
      },
    }),
    ...readHeads(stored),
  }
}

/** What the extra heads said, 20 to 24 bytes a target and view; user and event are those of the rows. */
function headColumns(heads: HeadPredictions, column: (data: TensorArray) => Tensor): Record<string, Tensor> {
  const columns: Record<string, Tensor> = {}
  for (const view of headViewNames) {
    const predictions = heads[view]
    if (predictions === undefined) continue
    columns[`heads.${view}.classes`] = { data: Int32Array.of(predictions.classes), shape: [1] }
    for (const name of headColumnNames) {
      const data = predictions[name]
      if (data !== undefined) columns[`heads.${view}.${name}`] = column(data)
    }
  }
  return columns
}

const headColumnNames = ['target', 'predicted', 'rank', 'logProbability', 'confidence', 'absoluteError'] as const

function readHeads(stored: SafetensorsFile): Pick<ModelPredictions, 'heads'> {
  const views = headViewNames.filter((view) => stored.tensors.has(`heads.${view}.classes`))
  if (views.length === 0) return {}
  const heads = views.map((view): [string, ScoredPredictions] => {
    const integers = (name: string) => stored.read(`heads.${view}.${name}`, 'I32')
    const reals = (name: string) => stored.read(`heads.${view}.${name}`, 'F32')
    return [
      view,
      {
        classes: integers('classes')[0],
        user: stored.read('user', 'I32'),
        event: stored.read('event', 'I32'),
        target: integers('target'),
        predicted: integers('predicted'),
        rank: integers('rank'),
        logProbability: reals('logProbability'),
        confidence: reals('confidence'),
        ...(stored.tensors.has(`heads.${view}.absoluteError`) && { absoluteError: reals('absoluteError') }),
      },
    ]
  })
  return { heads: Object.fromEntries(heads) }
}
