import { devices } from '../../shared/configuration.ts'
import { doctor as contract } from '../../shared/contract/doctor.ts'
import type { DeviceFinding } from '../../shared/doctor.ts'
import { probeDevices, probeEachDevice } from '../engine/doctor.ts'
import { readDoctorReport, writeDoctorReport } from '../storage/doctor-report.ts'
import { type Host, pageOf, procedure } from './procedure.ts'

export const probe = procedure(contract.probe, (_host, input, { signal }) => probeDevices({ ...input, signal }))

export const probeEach = procedure(contract.probeEach, (host, input, { signal }) =>
  keepReport(host, probeEachDevice({ ...input, signal, priority: 'answer' })),
)

async function* keepReport(host: Host, findings: AsyncIterable<DeviceFinding>): AsyncGenerator<DeviceFinding> {
  const found: DeviceFinding[] = []
  for await (const finding of findings) {
    found.push(finding)
    // Kept before the last one is told, so that whoever saw it finds the report.
    if (found.length === devices.length) await writeDoctorReport(host.directory, pageOf(host).version, found)
    yield finding
  }
}

export const lastReport = procedure(contract.lastReport, (host) => readDoctorReport(host.directory))
