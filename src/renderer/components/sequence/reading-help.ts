import { useI18n } from 'vue-i18n'
import { hasNights, type Scene } from './timeline-drawing.ts'

/** How to read the picture of a sequence: a sentence on each thing that is drawn in it now. */
export function useReadingHelp() {
  const { t } = useI18n()
  return (scene: Scene, isDense: boolean): { text: string } => {
    const drawn = [
      isDense ? 'columns' : 'blocks',
      ...(!isDense && scene.events.some(({ group }) => group) ? ['groups'] : []),
      'days',
      ...(hasNights(scene) ? ['nights'] : []),
      ...(scene.lanes.places.height > 0 ? ['places'] : []),
      ...(scene.lanes.surprise.height > 0 ? ['surprise'] : []),
    ]
    return { text: drawn.map((part) => t(`sequence.help.${part}`)).join('\n') }
  }
}
