import { type Device, devices } from '../../shared/configuration.ts'
import { toErrorDocument } from '../../shared/errors.ts'
import { probeDevice } from './probe.ts'

/** Process of one probe: arguments are the device and, optionally, the threads; the answer is one message to the parent. */
const device = process.argv[2] as Device
const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3])
if (process.send === undefined || !devices.includes(device)) {
  throw new Error('this file is started by the doctor with the name of a device')
}
let answer: object
try {
  answer = { measurement: await probeDevice(device, threads) }
} catch (error) {
  answer = { error: toErrorDocument(error) }
}
process.send(answer, () => process.disconnect())
