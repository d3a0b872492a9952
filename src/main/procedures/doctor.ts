import { doctor as contract } from '../../shared/contract/doctor.ts'
import { probeDevices } from '../engine/doctor.ts'
import { readDoctorReport } from '../storage/doctor-report.ts'
import { jobProcedure, procedure } from './procedure.ts'

export const probe = procedure(contract.probe, (_host, input, { signal }) => probeDevices({ ...input, signal }))

export const check = jobProcedure(contract.check, 'doctor')

export const lastReport = procedure(contract.lastReport, (host) => readDoctorReport(host.directory))
