import { useI18n } from 'vue-i18n'

/**
 * The words of a job's progress in the reader's language: they come in English, and are shown as they come where `jobs.progressWords` has no other.
 */
export function useProgressWords() {
  const { t, te } = useI18n()
  const word = (kind: 'unit' | 'figure', text: string) => {
    const key = `jobs.progressWords.${kind}.${text}`
    return te(key) ? t(key) : text
  }
  return {
    unit: (unit: string) => word('unit', unit),
    figure: (name: string) => word('figure', name),
    /** `reading events.csv`: the verb is said, what follows it stays. */
    stage: (stage: string) => {
      const whole = `jobs.progressWords.stage.${stage}`
      if (te(whole)) return t(whole)
      const [verb = '', ...rest] = stage.split(' ')
      const key = `jobs.progressWords.verb.${verb}`
      return te(key) && rest.length > 0 ? t(key, { what: rest.join(' ') }) : stage
    },
  }
}
