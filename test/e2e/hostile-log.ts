/** Names as a file may have them: markup, formulas by every character that begins one in a spreadsheet, text from right to left, an override of direction, the longest that is allowed. */
export const hostileNames = {
  markup: '<img src=x onerror="window.hacked = true">',
  formula: '=HYPERLINK("http://evil.example","open")',
  rightToLeft: 'קריאה بريد',
  template: "{{ constructor.constructor('window.hacked = true')() }} @:common.product {count}",
  longest: `long ${'x'.repeat(995)}`,
  minus: "-2+3+cmd|' /C calc'!A0",
  plus: '+1+cmd|calc!A0',
  at: '@SUM(1+1)',
  tab: '\t=1+1',
  carriageReturn: '\r=1+1',
} as const

/** Dependent on the seed alone: uniform in [0, 1). */
function* uniform(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

export interface HostileLog {
  readonly csv: string
  readonly events: number
  readonly duplicates: number
  readonly rejected: number
}

/**
 * A log of 28 days with a long tail: few behaviours are frequent, what somebody did last tells something of what comes next, and some names of users,
 * behaviours and places are hostile. Every 100th row is there twice, and every 150th cannot be used.
 */
export function hostileLog(events: number, users = 40): HostileLog {
  const random = uniform(7)
  const draw = () => random.next().value
  const hostile = Object.values(hostileNames)
  const behaviours = Array.from({ length: 20 }, (_, rank) => hostile[(rank - 1) / 2] ?? `act ${rank}`)
  const people = Array.from(
    { length: users },
    (_, index) => hostile[index] ?? `person ${String(index).padStart(2, '0')}`,
  )
  const last = new Map<string, number>()
  const lines = ['person,time,behaviour,place']
  const bad = [
    `${quoted(hostileNames.markup)},yesterday,act 0,home`,
    ',2024-03-02T10:00:00Z,act 0,home',
    'person 09,2024-03-02T10:00:00Z',
    `=1+1,2024-03-02T10:00:00Z,${'y'.repeat(10_000)},home`,
    'person 09,2024-02-30T10:00:00Z,\u202Eact 0,home',
  ]
  let duplicates = 0
  let rejected = 0
  for (let index = 0; index < events; index++) {
    const who = people[index % users]!
    const rank =
      draw() < 0.6 ? ((last.get(who) ?? 0) * 7 + 3) % behaviours.length : Math.floor(behaviours.length * draw() ** 3)
    last.set(who, rank)
    // Every event has a second of its own.
    const time = new Date(Date.UTC(2024, 2, 1) + Math.floor((index * 28 * 86_400) / events) * 1000).toISOString()
    const line = [who, time, behaviours[rank]!, hostile[index % 15] ?? 'home'].map(quoted).join(',')
    lines.push(line)
    if (index % 100 === 99) {
      lines.push(line)
      duplicates++
    }
    if (index % 150 === 149) lines.push(bad[rejected++ % bad.length]!)
  }
  return { csv: `${lines.join('\n')}\n`, events, duplicates, rejected }
}
