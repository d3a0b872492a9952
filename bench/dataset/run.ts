import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openWorkspace } from '../../src/main/storage/workspace.ts'

/**
 * How building a dataset scales: time and peak memory for 1, 3 and 10 million events, and what opening it and an epoch of batches cost. Each build runs in a process of
 * its own, so that its peak is its own.
 *
 *   node bench/dataset/run.ts [EVENTS...]
 */

/** What build.ts prints. */
interface Measurement {
  buildSeconds: number
  /** User and system time: says more than the wall clock on a busy machine. */
  buildProcessorSeconds: number
  buildPeakMegabytes: number
  epochSeconds: number
  epochPeakMegabytes: number
  batches: number
  targets: number
  fillRate: number
}

const eventsPerUser = 200

function measure(events: number): Measurement & { megabytes: number } {
  const directory = mkdtempSync(path.join(tmpdir(), 'behavegpt-bench-'))
  try {
    fillWorkspace(directory, events)
    const output = execFileSync(process.execPath, [path.join(import.meta.dirname, 'build.ts'), directory], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const megabytes = statSync(path.join(directory, 'workbench.db')).size / 2 ** 20
    return { ...(JSON.parse(output) as Measurement), megabytes }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Events made by SQLite itself: users of 200 events over a year, 500 behaviours and 2,000 places with heavy tails. */
function fillWorkspace(directory: string, events: number): void {
  using workspace = openWorkspace(directory, { mode: 'write', create: true })
  const users = Math.ceil(events / eventsPerUser)
  const names = (table: string, prefix: string, count: number) =>
    `INSERT INTO ${table} (id, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i, '${prefix} ' || i FROM n;`
  // A product of two uniform numbers is small far more often than large.
  const tail = (count: number, a: number, b: number) =>
    `1 + ((i * ${a}) % 1000003) * ((i * ${b}) % 1000033) / 1000036000100.0 * ${count}`
  workspace.database.transaction(() => {
    workspace.database.execute(`
      INSERT INTO sources (name, state, format, mapping, time_format, time_zone, simulated, rows, events, created_at)
      VALUES ('bench', 'ready', 'csv', '{"user":"u","time":"t","event":"e","location":"l"}', 'iso', 'UTC', 1, ${events}, ${events}, '2025-01-01');
      ${names('users', 'user', users)}
      ${names('behaviours', 'behaviour', 500)}
      ${names('locations', 'place', 2000)}
      INSERT INTO events (user, time, source, tie, behaviour, location, utc_offset)
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${events} - 1)
        SELECT 1 + i / ${eventsPerUser}, 1735689600000 + (i % ${eventsPerUser}) * 157680000 + (i * 7919) % 100000000, 1, i,
          CAST(${tail(500, 611953, 350377)} AS INTEGER), CAST(${tail(2000, 179424, 982451)} AS INTEGER), 0
        FROM n;
    `)
  })
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000_000, 3_000_000, 10_000_000]
console.log(
  'events     | build s | cpu s | events/s | peak MB | database MB | open + epoch s | peak MB | batches | fill rate',
)
for (const events of sizes) {
  const measured = measure(events)
  console.log(
    [
      String(events).padStart(10),
      measured.buildSeconds.toFixed(1).padStart(7),
      measured.buildProcessorSeconds.toFixed(1).padStart(5),
      Math.round(events / measured.buildSeconds)
        .toString()
        .padStart(8),
      measured.buildPeakMegabytes.toFixed(0).padStart(7),
      measured.megabytes.toFixed(0).padStart(11),
      measured.epochSeconds.toFixed(1).padStart(14),
      measured.epochPeakMegabytes.toFixed(0).padStart(7),
      String(measured.batches).padStart(7),
      measured.fillRate.toFixed(3).padStart(9),
    ].join(' | '),
  )
}
