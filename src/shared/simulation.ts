import { z } from 'zod'

/** The parameters of a simulated log; main/simulation checks them. */
export const simulateOptions = z.strictObject({
  /** Name of the source. */
  source: z.string().min(1).max(200).default('simulated'),
  events: z.int().min(1).optional(),
  users: z.int().min(1).optional(),
  behaviours: z.int().min(2).optional(),
  days: z.int().min(1).optional(),
  seed: z.int().min(0).optional(),
})
export type SimulateOptions = z.output<typeof simulateOptions>
