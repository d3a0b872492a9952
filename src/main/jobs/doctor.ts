import { devices as allDevices, type Device } from '../../shared/configuration.ts'
import type { DeviceFinding } from '../../shared/doctor.ts'
import { phrase } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { type ProbeOptions, probeEachDevice } from '../engine/doctor.ts'
import { programVersion } from '../launch/program.ts'
import { writeDoctorReport } from '../storage/doctor-report.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'

/** Tries devices and says which one it is at; what all of them were found to do is kept as the workspace's last report. Throws what `probeEachDevice` throws. */
export async function checkDevices(
  { directory }: WriteWorkspace,
  {
    devices = allDevices,
    ...options
  }: Pick<ProbeOptions, 'threads' | 'timeoutSeconds'> & { devices?: readonly Device[] },
  { report, signal }: JobContext,
): Promise<DeviceFinding[]> {
  const found: DeviceFinding[] = []
  const tell = (device: Device) =>
    report({ stage: phrase`trying ${device}`, done: found.length, total: devices.length, unit: 'devices' })
  tell(devices[0])
  for await (const finding of probeEachDevice({ ...options, devices, signal })) {
    found.push(finding)
    tell(devices[found.length] ?? finding.device)
  }
  if (allDevices.every((device) => devices.includes(device))) await writeDoctorReport(directory, programVersion, found)
  return found
}
