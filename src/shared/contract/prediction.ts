import { exportOptions, type PredictionResult, predictOptions, scoreOptions } from '../prediction.ts'
import { job, request } from './leaf.ts'

export const prediction = {
  predict: request<PredictionResult>()(predictOptions),
  score: job(scoreOptions),
  exportModel: job(exportOptions),
}
