import { z } from 'zod'
import type { WorkbenchStatus } from '../workspace.ts'
import { request } from './leaf.ts'

export const workspace = {
  status: request<WorkbenchStatus>()(z.strictObject({})),
}
