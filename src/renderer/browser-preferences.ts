import type { Preferences } from '../shared/settings.ts'
import { desktop } from './desktop.ts'
import { isKept, type KeptPreferences, parsePreferences, preferencesCookie } from './preferences-cookie.ts'

/** Whether this browser can keep preferences of its own. The desktop is one person's, and its workspace keeps them. */
export const canKeepPreferences = desktop === undefined

/** What this browser keeps now; nothing in the desktop. */
export const keptPreferences = (): KeptPreferences => (canKeepPreferences ? parsePreferences(document.cookie) : {})

/** Keeps these from now on, or forgets them; false where the browser does not. */
export function keepPreferences(kept: Preferences | undefined): boolean {
  // biome-ignore lint/suspicious/noDocumentCookie: a page that is reached without TLS, from another machine, has no other way.
  document.cookie = preferencesCookie(kept)
  return isKept(document.cookie, kept)
}

/** What it kept when the page was opened, for the first picture. A browser ends a cookie some time after it was last kept, which is therefore now. */
export const preferencesAtFirst = keptPreferences().own
if (preferencesAtFirst !== undefined) keepPreferences(preferencesAtFirst)
