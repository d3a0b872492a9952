import { useI18n } from 'vue-i18n'
import type { ErrorDocument } from '../../../shared/errors.ts'
import { isPhrase, type Phrase, phrase } from '../../../shared/phrase.ts'

/** What a schema says of a field: its path, and the reason. */
const ofField = phrase`${''}: ${''}`.template

/** A phrase in which the fields that a schema refuses have the labels of a form; other fields keep their paths. */
export function withLabels(said: Phrase, labelOf: (path: string) => string | undefined): Phrase {
  const values = said.values.map((value) => (isPhrase(value) ? withLabels(value, labelOf) : value))
  const [path] = values
  if (said.template === ofField && typeof path === 'string') values[0] = labelOf(path) ?? path
  return { template: said.template, values }
}

const whats: Readonly<Record<string, string>> = {
  dataset: 'dataset',
  name: 'name',
  epochs: 'duration',
  steps: 'duration',
  duration: 'duration',
}

/** How the form of a training calls its fields, by the path in the configuration. */
export function useFieldLabels() {
  const { t, te } = useI18n()
  function labelOf(path: string): string | undefined {
    const what = whats[path]
    if (what !== undefined) return t(`train.what.${what}`)
    const key = `train.option.${path}.label`
    return te(key) ? t(key) : undefined
  }
  return {
    labelOf,
    /** An error of the host in the words of the form. */
    labelled: (error: ErrorDocument): ErrorDocument => ({ ...error, message: withLabels(error.message, labelOf) }),
  }
}
