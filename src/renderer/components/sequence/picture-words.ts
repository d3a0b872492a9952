import { useI18n } from 'vue-i18n'
import type { TimelineEvent } from '../../../shared/sequence.ts'
import { plainText } from '../../charts/text.ts'
import { useFormat } from '../../composables/format.ts'
import { useSequenceWords } from './sequence-words.ts'

/** What a picture of a sequence shows, in words: its time, what comes most often, and what surprised most; nothing of no events. */
export function usePictureWords(): (events: readonly TimelineEvent[]) => string {
  const { t } = useI18n()
  const format = useFormat()
  const words = useSequenceWords()
  return (events) => {
    const [first] = events
    if (first === undefined) return ''
    const [behaviour, count] = mostFrequent(events)
    const surprising = events.reduce((most, event) => ((event.surprise ?? 0) > (most.surprise ?? 0) ? event : most))
    return [
      t('sequence.words.time', { from: words.value.whole(first.time), until: words.value.whole(events.at(-1)!.time) }),
      t('sequence.words.often', { behaviour: plainText(behaviour), count: format.count(count) }),
      ...(surprising.surprise == null
        ? []
        : [
            t('sequence.words.surprising', {
              behaviour: plainText(surprising.behaviour),
              nats: format.nats(surprising.surprise),
              time: words.value.whole(surprising.time),
            }),
          ]),
    ].join(' ')
  }
}

/** The earlier one of a tie. */
function mostFrequent(events: readonly TimelineEvent[]): [behaviour: string, count: number] {
  const counts = new Map<string, number>()
  for (const { behaviour } of events) counts.set(behaviour, (counts.get(behaviour) ?? 0) + 1)
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))
}
