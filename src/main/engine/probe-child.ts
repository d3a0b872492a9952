import { type Device, devices } from '../../shared/configuration.ts'
import { toErrorDocument } from '../../shared/errors.ts'
import { parentProcess } from '../launch/parent.ts'
import type { ProbeMessage } from './doctor.ts'
import { probeDevice } from './probe.ts'

/** Process of one probe: arguments are the device, the steps per call and, optionally, the threads; the answer is one message to the parent. */
const device = process.argv[2] as Device
const stepsPerCall = Number(process.argv[3])
const threads = process.argv[4] === undefined ? undefined : Number(process.argv[4])
const host = parentProcess()
if (host === undefined || !devices.includes(device)) {
  throw new Error('this file is started by the doctor with the name of a device')
}
const tell = (message: ProbeMessage) => host.send(message)
try {
  const measurement = await probeDevice(device, { stepsPerCall, threads }, (early) => {
    tell({ kind: 'measured', measurement: early, final: false })
  })
  await tell({ kind: 'measured', measurement, final: true })
} catch (error) {
  await tell({ kind: 'failed', error: toErrorDocument(error) })
}
host.disconnect()
