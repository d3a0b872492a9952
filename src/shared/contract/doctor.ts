import { z } from 'zod'
import { devices } from '../configuration.ts'
import type { DeviceFinding, DoctorReport } from '../doctor.ts'
import { job, request } from './leaf.ts'

export const probeOptions = z.strictObject({
  devices: z.array(z.enum(devices)).min(1).optional(),
  threads: z.int().min(1).optional(),
  timeoutSeconds: z.number().positive().default(120),
})

export const doctor = {
  /** Tries devices one after the other, each in processes of its own. */
  probe: request<DeviceFinding[]>()(probeOptions),
  /** The same for a page; what is found is kept in the workspace's report. */
  check: job(probeOptions),
  /** What was last found of each device; null before anything was. */
  lastReport: request<DoctorReport | null>()(z.strictObject({})),
}
