import { originOf } from '../../shared/files.ts'
import { forPages, type PhraseLanguage } from '../../shared/phrase.ts'
import type { Language } from '../../shared/settings.ts'
import { phrases as chinese } from './zh-CN/phrases/index.ts'

/** The translations of phrases by their English templates, which need none. */
const catalogues: Record<Language, Readonly<Record<string, string>> | undefined> = { en: undefined, 'zh-CN': chinese }

const separators: Record<Language, string> = { en: ', ', 'zh-CN': '、' }

/**
 * How phrases are said in a language; whole numbers in the groups of digits that its readers expect, others with all their digits.
 * @param locale whose numbers these are, where the reader's region has its own.
 */
export function phraseLanguage(language: Language, locale: string = language): PhraseLanguage {
  const catalogue = catalogues[language]
  const whole = new Intl.NumberFormat(locale)
  const here = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  return forPages({
    translate: (template) =>
      catalogue === undefined || !Object.hasOwn(catalogue, template) ? undefined : catalogue[template],
    number: (value) => (Number.isInteger(value) ? whole.format(value) : String(value)),
    instant: (value) => here.format(new Date(value)),
    text: (value) => originOf(value).name,
    separator: separators[language],
  })
}
