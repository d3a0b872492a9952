import { useI18n } from 'vue-i18n'

/** Words in files of data, such as the headings of a chart's table: English in every language, so that what reads a file needs to know one. */
export function useDataWords() {
  const { t } = useI18n()
  return (key: string, named: Record<string, unknown> = {}): string => t(key, named, { locale: 'en' })
}
