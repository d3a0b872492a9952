import { z } from 'zod'
import type { NewEvent, SequenceEvent } from './edited-sequence.ts'

/** Longer addresses are cut off by some programs; longer sequences are shared by copying them. */
const mostCharacters = 2_000

const written = z.array(z.tuple([z.number(), z.string().min(1), z.string().nullable()]))

/** A sequence as part of an address; undefined when it is empty or too long for that. */
export function toAddress(events: readonly SequenceEvent[]): string | undefined {
  if (events.length === 0) return undefined
  const text = JSON.stringify(events.map(({ time, behaviour, location }) => [time, behaviour, location]))
  return encodeURIComponent(text).length > mostCharacters ? undefined : text
}

/** The sequence of an address; empty when there is none, or when it was damaged on its way. */
export function fromAddress(text: string | undefined): NewEvent[] {
  try {
    return written.parse(JSON.parse(text ?? '[]')).map(([time, behaviour, location]) => ({ time, behaviour, location }))
  } catch {
    return []
  }
}
