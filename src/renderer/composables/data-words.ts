import { useI18n } from 'vue-i18n'

/** Says a message: in the reader's language, or in that of data. */
export type Say = (key: string, named?: Record<string, unknown>) => string

/** Words in files of data, which are headings and cells of charts and tables: English in every language, so that what reads a file needs to know one. */
export function useDataWords(): Say {
  const { t } = useI18n()
  return (key, named = {}) => t(key, named, { locale: 'en' })
}
