import { doctor as contract } from '../../shared/contract/doctor.ts'
import { probeDevices } from '../engine/doctor.ts'
import { procedure } from './procedure.ts'

export const probe = procedure(contract.probe, (_host, input, { signal }) => probeDevices({ ...input, signal }))
