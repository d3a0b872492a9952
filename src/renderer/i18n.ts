import { createI18n } from 'vue-i18n'
import { type Language, languages } from '../shared/settings.ts'
import { preferencesAtFirst } from './browser-preferences.ts'
import { idleMoment } from './idle.ts'

/** One file per area and language: locales/LANGUAGE/AREA.ts; its messages are under the area's name. */
const files = import.meta.glob<{ default: Record<string, unknown> }>('./locales/*/*.ts', { eager: true })

const messages: Record<string, Record<string, unknown>> = {}
for (const [path, module] of Object.entries(files)) {
  const [, language, area] = /\/locales\/([^/]+)\/([^/]+)\.ts$/.exec(path)!
  messages[language!] ??= {}
  messages[language!]![area!] = module.default
}

const storageKey = 'language'
const textsAtOnce = 50

/** The language where none was chosen. */
export const systemLanguage = (): Language => (navigator.language.startsWith('zh') ? 'zh-CN' : 'en')

/** The workspace's is remembered for the first picture of the page only: what the workbench says wins. */
function languageAtFirst(): Language {
  if (preferencesAtFirst !== undefined) return preferencesAtFirst.language ?? systemLanguage()
  const stored = localStorage.getItem(storageKey)
  return stored !== null && Object.hasOwn(languages, stored) ? (stored as Language) : systemLanguage()
}

export const i18n = createI18n({
  legacy: false,
  locale: languageAtFirst(),
  fallbackLocale: 'en',
  messages: messages as never,
})

/** Shows the page in it; `usePreferences` keeps what a person chooses. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language
}
document.documentElement.lang = i18n.global.locale.value

// What vue-i18n itself infers for keys is too deep for the compiler.
const { t: say } = i18n.global as unknown as { t: (key: string) => string }

/**
 * Reads the texts of the language before they are shown, some in each idle moment. vue-i18n reads a text when it is first asked for, which took 10 to 20 ms of the
 * moment in which a page opens.
 */
export async function warmTexts(): Promise<void> {
  const keys = keysOf(messages[i18n.global.locale.value]!)
  for (let from = 0; from < keys.length; from += textsAtOnce) {
    await idleMoment()
    for (const key of keys.slice(from, from + textsAtOnce)) say(key)
  }
}

function keysOf(texts: Record<string, unknown>): string[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string' ? [key] : keysOf(text as Record<string, unknown>).map((below) => `${key}.${below}`),
  )
}
