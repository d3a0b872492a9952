import { prediction as contract } from '../../shared/contract/prediction.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const predict = procedure(contract.predict, (host, input, context) => host.run('predict', input, context), {
  read: ['input'],
})

export const score = jobProcedure(contract.score, 'score', { write: ['output'] })

export const exportModel = jobProcedure(contract.exportModel, 'export', { write: ['output'] })
