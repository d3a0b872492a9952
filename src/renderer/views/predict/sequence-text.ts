import { toCsv } from '../../charts/csv.ts'
import type { NewEvent } from './edited-sequence.ts'
import { toField } from './local-time.ts'

/** A sequence as the CSV that is copied, and that the dialog for pasting reads. */
export function sequenceText(events: readonly NewEvent[]): string {
  const rows = events.map(({ time, behaviour, location }) => [toField(time), behaviour, location])
  return toCsv([['time', 'event', 'location'], ...rows])
}
