import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import type { DatedFinding, DoctorReport } from '../../shared/doctor.ts'
import { toPhrase } from '../../shared/phrase.ts'
import { writeFileAtomic } from './files.ts'

const fileOf = (directory: string) => path.join(directory, 'doctor.json')

/** Keeps what this version found of the devices of this machine. @throws WorkbenchError `storage`. */
export async function writeDoctorReport(
  directory: string,
  version: string,
  devices: readonly DatedFinding[],
): Promise<void> {
  const report: Omit<DoctorReport, 'here'> = {
    machine: hostname(),
    platform: process.platform,
    architecture: process.arch,
    node: process.version,
    version,
    devices: [...devices],
  }
  await writeFileAtomic(fileOf(directory), JSON.stringify(report, null, 2))
}

/** The last report of the workspace; null when there is none that can be read, since a probe makes a new one at any time. */
export function readDoctorReport(directory: string): DoctorReport | null {
  try {
    const report = JSON.parse(readFileSync(fileOf(directory), 'utf8')) as DoctorReport & { probedAt?: string }
    const { probedAt, devices, ...machine } = report
    // A report that was written in the end alone has one time for all.
    const dated = devices.map((finding) => ({ ...readFinding(finding), probedAt: finding.probedAt ?? probedAt }))
    return { ...machine, devices: dated, here: report.machine === hostname() }
  } catch {
    return null
  }
}

/** A report that was written before there were phrases holds texts in their place. */
function readFinding(finding: DatedFinding): DatedFinding {
  const { reason, remedy, severalSteps } = finding
  return {
    ...finding,
    reason: toPhrase(reason),
    ...(remedy === undefined ? {} : { remedy: toPhrase(remedy) }),
    ...(severalSteps === undefined ? {} : { severalSteps: { ...severalSteps, reason: toPhrase(severalSteps.reason) } }),
  }
}
