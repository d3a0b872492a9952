import { issuePhrase } from '../shared/issues.ts'
import { type Phrase, phrase, statements } from '../shared/phrase.ts'
import { type Preferences, preferences } from '../shared/settings.ts'

const cookieName = 'behavegpt-preferences'
/** Browsers allow no more, and begin anew whenever it is kept again. */
const keptDays = 400

/** What a browser keeps: its own preferences, or none; or something of which it is only known why it cannot be used. */
export interface KeptPreferences {
  readonly own?: Preferences
  readonly unusable?: Phrase
}

/**
 * Reads them from the cookies that a page sees. Whatever is found there, nothing is thrown: an older or newer version may have written it, or another program that answers
 * at the same name.
 */
export function parsePreferences(cookies: string): KeptPreferences {
  const text = textOf(cookies)
  if (text === undefined) return {}
  let document: unknown
  try {
    document = JSON.parse(decodeURIComponent(text))
  } catch {
    return { unusable: phrase`this is not a JSON document` }
  }
  const { success, data, error } = preferences.safeParse(document)
  return success ? { own: data } : { unusable: statements(error.issues.map(issuePhrase)) }
}

/** The cookie that keeps them, as a page sets it; without any, the one that forgets them. Of the whole host name, and not of a port. */
export function preferencesCookie(kept: Preferences | undefined): string {
  const value = kept === undefined ? '' : encodeURIComponent(JSON.stringify(kept))
  const seconds = kept === undefined ? 0 : keptDays * 24 * 60 * 60
  return `${cookieName}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax`
}

/** Whether the cookies that a page sees hold exactly these: a browser that refuses a cookie, or cannot hold one so long, does not say so. */
export const isKept = (cookies: string, kept: Preferences | undefined): boolean =>
  textOf(cookies) === (kept === undefined ? undefined : encodeURIComponent(JSON.stringify(kept)))

const textOf = (cookies: string): string | undefined =>
  cookies
    .split(/;\s*/)
    .find((cookie) => cookie.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1)
