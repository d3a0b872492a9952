import { z } from 'zod'
import { type Settings, type SettingsHere, settingsChange } from '../settings.ts'
import { request } from './leaf.ts'

export const settings = {
  get: request<SettingsHere>()(z.strictObject({})),
  /** Changes what is given and leaves the rest. */
  set: request<Settings>()(settingsChange),
}
