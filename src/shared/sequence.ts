import type { GroupName } from './long-tail.ts'

/** Something that is to be seen on an event: a label, a flag, a note. */
export interface EventMark {
  /** What sort of mark: marks of one kind look alike. */
  kind: string
  label: string
}

/** One event of a user, as pictures of sequences show it. */
export interface TimelineEvent {
  /** Local wall-clock time: milliseconds since 1970, read as UTC. */
  time: number
  behaviour: string
  /** Null when the event has none. */
  location: string | null
  /** -log p of the behaviour under a model, in nats; null or absent where no model says. */
  surprise?: number | null
  /** Group of the behaviour by its frequency; null or absent where no rule was applied. */
  group?: GroupName | null
  marks?: readonly EventMark[]
}

/** What happened, apart from what a model or a rule says of it. */
type Happening = Pick<TimelineEvent, 'time' | 'behaviour' | 'location'>

/** Whether two events tell the same: behaviour, time and place. */
export const isSameEvent = (left: Happening, right: Happening): boolean =>
  left.time === right.time && left.behaviour === right.behaviour && left.location === right.location

/** What a model expects next. */
export interface TimelinePrediction {
  behaviour: string
  /** Between 0 and 1. */
  probability: number
}
