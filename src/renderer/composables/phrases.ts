import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { type Phrase, render } from '../../shared/phrase.ts'
import type { Language } from '../../shared/settings.ts'
import { phraseLanguage } from '../locales/phrases.ts'
import { localeOf } from '../per-language.ts'

/** Says in the reader's language what the workbench said. */
export function usePhrases(): { say: (said: Phrase) => string } {
  const { locale } = useI18n()
  const language = computed(() => phraseLanguage(locale.value as Language, localeOf(locale.value)))
  return { say: (said) => render(said, language.value) }
}
