import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import type { DeviceFinding, DoctorReport } from '../../shared/doctor.ts'
import { toPhrase } from '../../shared/phrase.ts'
import { writeFileAtomic } from './files.ts'

const fileOf = (directory: string) => path.join(directory, 'doctor.json')

/** Keeps what a probe of all devices found on this machine. @throws WorkbenchError `storage`. */
export async function writeDoctorReport(
  directory: string,
  version: string,
  devices: readonly DeviceFinding[],
): Promise<void> {
  const report: Omit<DoctorReport, 'here'> = {
    machine: hostname(),
    platform: process.platform,
    architecture: process.arch,
    node: process.version,
    version,
    probedAt: new Date().toISOString(),
    devices: [...devices],
  }
  await writeFileAtomic(fileOf(directory), JSON.stringify(report, null, 2))
}

/** The last report of the workspace; null when there is none that can be read, since a probe makes a new one at any time. */
export function readDoctorReport(directory: string): DoctorReport | null {
  try {
    const report = JSON.parse(readFileSync(fileOf(directory), 'utf8')) as DoctorReport
    return { ...report, devices: report.devices.map(readFinding), here: report.machine === hostname() }
  } catch {
    return null
  }
}

/** A report that was written before there were phrases holds texts in their place. */
function readFinding(finding: DeviceFinding): DeviceFinding {
  const { reason, remedy, severalSteps } = finding
  return {
    ...finding,
    reason: toPhrase(reason),
    ...(remedy === undefined ? {} : { remedy: toPhrase(remedy) }),
    ...(severalSteps === undefined ? {} : { severalSteps: { ...severalSteps, reason: toPhrase(severalSteps.reason) } }),
  }
}
