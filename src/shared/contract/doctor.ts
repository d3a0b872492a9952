import { z } from 'zod'
import { devices } from '../configuration.ts'
import type { DeviceFinding } from '../doctor.ts'
import { request } from './leaf.ts'

export const doctor = {
  /** Tries devices one after the other, each in processes of its own. */
  probe: request<DeviceFinding[]>()(
    z.strictObject({
      devices: z.array(z.enum(devices)).min(1).optional(),
      threads: z.int().min(1).optional(),
      timeoutSeconds: z.number().positive().default(120),
    }),
  ),
}
