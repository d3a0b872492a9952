import { z } from 'zod'
import { type ChosenFile, type ExportedFile, type FolderEntry, filePurposes } from '../files.ts'
import { request } from './leaf.ts'

/** The page names no path that a person did not choose: in the desktop's dialog, by dropping or uploading a file, or in the web host's allowed folder. */
export const files = {
  /** Desktop: a native dialog; an empty list when it was dismissed. */
  choose: request<ChosenFile[]>()(
    z.strictObject({ purpose: z.enum(filePurposes), multiple: z.boolean().default(false) }),
  ),
  /** Web: what is in the allowed folder or a folder in it. */
  browse: request<{ folder: string; entries: FolderEntry[] }>()(z.strictObject({ folder: z.string().optional() })),
  /** Files written for the person, the newest first. */
  exports: request<ExportedFile[]>()(z.strictObject({})),
  /** Desktop: asks where to put a copy of an exported file; null when the dialog was dismissed. */
  save: request<{ path: string } | null>()(z.strictObject({ name: z.string().min(1) })),
}
