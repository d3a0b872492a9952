import { useI18n } from 'vue-i18n'
import type { TimelineEvent } from '../../../shared/sequence.ts'
import type { Lanes } from './timeline-layout.ts'

/** How to read the picture of a sequence: a sentence on each thing that is drawn in it now. */
export function useReadingHelp() {
  const { t } = useI18n()
  return (events: readonly TimelineEvent[], { places, surprise }: Lanes, isDense: boolean): { text: string } => {
    const drawn = [
      isDense ? 'columns' : 'blocks',
      ...(!isDense && events.some(({ group }) => group) ? ['groups'] : []),
      'nights',
      ...(places.height > 0 ? ['places'] : []),
      ...(surprise.height > 0 ? ['surprise'] : []),
    ]
    return { text: drawn.map((part) => t(`sequence.help.${part}`)).join('\n') }
  }
}
