import { devices as allDevices, type Device } from '../../shared/configuration.ts'
import type { DatedFinding, DeviceFinding } from '../../shared/doctor.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type ProbeOptions, probeEachDevice } from '../engine/doctor.ts'
import { programVersion } from '../launch/program.ts'
import { readDoctorReport, writeDoctorReport } from '../storage/doctor-report.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'

/**
 * Tries devices and says which one it is at. What is found of one is in the workspace's report as soon as it is found, in the place of what
 * was found of it before; of the others the report keeps that, unless another machine or version found it. Throws what `probeEachDevice` throws.
 */
export async function checkDevices(
  { directory }: WriteWorkspace,
  {
    devices = allDevices,
    ...options
  }: Pick<ProbeOptions, 'threads' | 'timeoutSeconds'> & { devices?: readonly Device[] },
  { report, signal }: JobContext,
): Promise<DeviceFinding[]> {
  const found: DeviceFinding[] = []
  const latest = new Map<Device, DatedFinding>()
  const earlier = readDoctorReport(directory)
  if (earlier?.here && earlier.version === programVersion) {
    for (const finding of earlier.devices) latest.set(finding.device, finding)
  }
  const tell = (device: Device) =>
    report({ stage: phrase`trying ${device}`, done: found.length, total: devices.length, unit: 'devices' })
  tell(devices[0])
  for await (const finding of probeEachDevice({ ...options, devices, signal })) {
    found.push(finding)
    latest.set(finding.device, { ...finding, probedAt: new Date().toISOString() })
    await writeDoctorReport(
      directory,
      programVersion,
      allDevices.flatMap((device) => latest.get(device) ?? []),
    )
    tell(devices[found.length] ?? finding.device)
  }
  return found
}
