import { createI18n } from 'vue-i18n'
import { type Language, languages } from '../shared/settings.ts'

/** One file per area and language: locales/LANGUAGE/AREA.ts; its messages are under the area's name. */
const files = import.meta.glob<{ default: Record<string, unknown> }>('./locales/*/*.ts', { eager: true })

const messages: Record<string, Record<string, unknown>> = {}
for (const [path, module] of Object.entries(files)) {
  const [, language, area] = /\/locales\/([^/]+)\/([^/]+)\.ts$/.exec(path)!
  messages[language!] ??= {}
  messages[language!]![area!] = module.default
}

const storageKey = 'language'

function initialLanguage(): Language {
  const stored = localStorage.getItem(storageKey)
  if (stored !== null && stored in languages) return stored as Language
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}

export const i18n = createI18n({
  legacy: false,
  locale: initialLanguage(),
  fallbackLocale: 'en',
  messages: messages as never,
})

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language
}
document.documentElement.lang = i18n.global.locale.value
