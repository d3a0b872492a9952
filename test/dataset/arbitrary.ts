import fc from 'fast-check'
import type { LogEvent } from '../support/log-workspace.ts'

/** Random logs with ties in time, rare behaviours and places, and users with a single event; users one after another, in order of time. */
export function arbitraryLog({ users = 6, events = 40, minutes = 3000 } = {}): fc.Arbitrary<LogEvent[]> {
  const event = fc.record({
    time: fc.nat(minutes).map((minute) => Date.UTC(2025, 0, 1) + minute * 60_000),
    behaviour: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('read', 'write', 'play') },
      { weight: 1, arbitrary: fc.nat(20).map((number) => `rare ${number}`) },
    ),
    location: fc.constantFrom('home', 'work', '', 'a place nobody else goes'),
  })
  return fc
    .array(fc.array(event, { minLength: 1, maxLength: events }), { minLength: 1, maxLength: users })
    .map((histories) =>
      histories.flatMap((history, user) =>
        history.sort((a, b) => a.time - b.time).map((logged) => ({ user: `u${user}`, ...logged })),
      ),
    )
}
