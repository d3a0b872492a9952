import { z } from 'zod'
import { devices } from '../../shared/configuration.ts'
import { probeDevices } from '../engine/doctor.ts'
import { procedure } from './procedure.ts'

/** Tries devices one after the other, each in processes of its own. */
export const probe = procedure({
  input: z.strictObject({
    devices: z.array(z.enum(devices)).min(1).optional(),
    threads: z.int().min(1).optional(),
    timeoutSeconds: z.number().positive().default(120),
  }),
  handler: (_host, input, context) => probeDevices({ ...input, signal: context.signal }),
})
