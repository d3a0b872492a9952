import { useI18n } from 'vue-i18n'

interface ZonedSource {
  /** None of a source as a dataset remembers it. */
  id?: number
  name: string
  timeZone: string
}

/** The zones in which the times of some sources, named or numbered as in an address, are told: each once; those of all sources when none is chosen. */
export function zonesOf(sources: readonly ZonedSource[], chosen: readonly string[]): string[] {
  const looked =
    chosen.length === 0
      ? sources
      : sources.filter(({ id, name }) => chosen.includes(name) || chosen.includes(String(id)))
  return [...new Set(looked.map(({ timeZone }) => timeZone))]
}

/** Says in which zone times are, or that each source keeps its own; nothing where no zone is known. */
export function useZoneText() {
  const { t } = useI18n()
  return {
    sentence: (zones: readonly string[]) => {
      if (zones.length === 0) return ''
      return zones.length === 1
        ? t('common.zone.one', { zone: zones[0]! })
        : t('common.zone.several', { zones: zones.join(', ') })
    },
    /** The name of an axis of time. */
    axis: (name: string, zones: readonly string[]) => {
      if (zones.length === 0) return name
      return t('common.zone.axis', { name, clock: zones.length === 1 ? zones[0]! : t('common.zone.own') })
    },
  }
}
