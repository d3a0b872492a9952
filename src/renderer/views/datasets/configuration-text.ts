import { useI18n } from 'vue-i18n'
import type { DatasetConfiguration } from '../../../shared/configuration.ts'
import { choicesOf } from '../../../shared/exclusions.ts'
import type { Say } from '../../composables/data-words.ts'
import { useFormat } from '../../composables/format.ts'

/** A dataset's settings in words. */
export function useConfigurationText() {
  const { t } = useI18n()
  const format = useFormat()

  /** @param say in which language; the reader's without. */
  function splitText({ split }: Pick<DatasetConfiguration, 'split'>, say: Say = t): string {
    if (split.kind !== 'time') return say(`datasets.splitText.${split.kind}`)
    const { train, valid, test } = split
    const [inTraining, inValidation, inTest] = [train, valid, test].map(format.shortPercent)
    return say('datasets.splitText.time', { train: inTraining, valid: inValidation, test: inTest })
  }

  /** @param say in which language; the reader's without. */
  function sourcesText({ sources }: Pick<DatasetConfiguration, 'sources'>, say: Say = t): string {
    return sources.length === 0 ? say('datasets.allSources') : sources.join(', ')
  }

  function period({ from, until }: DatasetConfiguration): string {
    if (from === undefined && until === undefined) return t('datasets.settings.wholePeriod')
    const open = t('datasets.settings.open')
    return t('datasets.settings.periodText', {
      from: from === undefined ? open : format.logTime(from),
      until: until === undefined ? open : format.logTime(until),
    })
  }

  function rows(configuration: DatasetConfiguration): { label: string; value: string }[] {
    const rules = Object.keys(configuration.taxonomy).length
    const reviews = choicesOf(configuration.excludeReviewed)
      .map(({ project, label }) => `${project} · ${label ?? t('datasets.settings.flagged')}`)
      .join(', ')
    const values: [string, string][] = [
      ['sources', sourcesText(configuration)],
      ['period', period(configuration)],
      ['minimumEvents', format.count(configuration.minimumEvents)],
      ['minimumLocationEvents', format.count(configuration.minimumLocationEvents)],
      ['taxonomy', t('datasets.settings.rules', { count: format.count(rules) }, rules)],
      ...(reviews === '' ? [] : [['reviews', reviews] as [string, string]]),
      ['slotMinutes', format.count(configuration.slotMinutes)],
      ['length', format.count(configuration.length)],
      ['split', splitText(configuration)],
      ['seed', String(configuration.seed)],
    ]
    return values.map(([label, value]) => ({ label: t(`datasets.settings.${label}`), value }))
  }

  return { rows, splitText, sourcesText }
}
