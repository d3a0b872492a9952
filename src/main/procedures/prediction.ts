import { exportOptions, predictOptions, scoreOptions } from '../../shared/prediction.ts'
import { procedure } from './procedure.ts'

export const predict = procedure({
  input: predictOptions,
  handler: (host, input, context) => host.run('predict', input, context),
})

export const score = procedure({
  input: scoreOptions,
  handler: (host, input, context) => host.run('score', input, context),
})

export const exportModel = procedure({
  input: exportOptions,
  handler: (host, input, context) => host.run('export', input, context),
})
