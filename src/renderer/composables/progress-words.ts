import { useI18n } from 'vue-i18n'

/** The words of a job's figures in the reader's language; figures of an older version are shown by their names. */
export function useProgressWords() {
  const { t, te } = useI18n()
  const word = (kind: 'unit' | 'figure', name: string) => {
    const key = `jobs.progressWords.${kind}.${name}`
    return te(key) ? t(key) : name
  }
  return {
    unit: (unit: string) => word('unit', unit),
    figure: (name: string) => word('figure', name),
  }
}
