import { z } from 'zod'

export const themeChoices = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof themeChoices)[number]

/** Languages of the page, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages

/** A key as shortcuts are written: `J`, `Mod+K`, `Shift+ArrowDown`, `?`. */
const key = z.string().min(1).max(40)

/** What was chosen for a workspace; kept in it, so that every host shows the same. */
export const settings = z.strictObject({
  /** Null: never chosen, so as the system is. */
  theme: z.enum(themeChoices).nullable().default(null),
  /** Null: never chosen, so as the system is. */
  language: z.enum(['en', 'zh-CN']).nullable().default(null),
  /** Threads of trainings and predictions on the processor that name none; null: one for each physical core. */
  threads: z.int().min(1).max(1024).nullable().default(null),
  /** Changed keys by the id of the action; null: the action has no key. Actions that are not named have their default. */
  shortcuts: z.record(z.string().min(1).max(100), key.nullable()).default({}),
})
export type Settings = z.output<typeof settings>

/** Those that are a matter of the person and not of the work, of which a browser may keep its own. What another version keeps beside them is left as it is. */
export const preferences = z.looseObject({
  theme: settings.shape.theme,
  language: settings.shape.language,
  shortcuts: settings.shape.shortcuts,
})
export type Preferences = Pick<Settings, 'theme' | 'language' | 'shortcuts'>

/** Some of them, to be changed; `shortcuts` replaces all that were changed before. */
export const settingsChange = z.strictObject({
  theme: settings.shape.theme.unwrap().optional(),
  language: settings.shape.language.unwrap().optional(),
  threads: settings.shape.threads.unwrap().optional(),
  shortcuts: settings.shape.shortcuts.unwrap().optional(),
})
export type SettingsChange = z.output<typeof settingsChange>
export type PreferencesChange = Pick<SettingsChange, keyof Preferences>

/** The settings, and what the machine offers to them. */
export interface SettingsHere {
  settings: Settings
  /** Logical processors that the workbench may use. */
  processors: number
  /** Threads while none are chosen. */
  automaticThreads: number
}
