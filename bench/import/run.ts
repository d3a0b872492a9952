/**
 * Rows per second of an import against the sqlite3 shell, on one machine in one run:
 *
 *   node bench/import/run.ts [--rows 10000000]
 *
 * The shell reads the same file with `.import` into one table of texts and builds an index on user and time; ours also parses times, checks every row, encodes users,
 * behaviours and locations as numbers, clusters by user and time, counts duplicates and keeps tallies. Needs the `sqlite3` shell and about 250 bytes of disk per row.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'

interface Measurement {
  seconds: number
  peakMegabytes: number
  databaseMegabytes: number
}

/** A log in random order: 1 user per 200 rows, 300 behaviours and 5,000 locations with a heavy tail, a year of seconds. */
async function generate(file: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB' })
  const connection = await instance.connect()
  const random = (salt: number) => `(hash(i * 8 + ${salt}) / 18446744073709551616.0)`
  await connection.run(`COPY (
    SELECT 'user_' || CAST(floor(${random(0)} * ${Math.ceil(rows / 200)}) AS INTEGER) AS user_id,
      strftime(TIMESTAMP '2024-01-01' + to_seconds(CAST(floor(${random(1)} * 31536000) AS INTEGER)), '%Y-%m-%dT%H:%M:%S') AS timestamp,
      'behaviour_' || CAST(floor(pow(${random(2)}, 3) * 300) AS INTEGER) AS event,
      'place_' || CAST(floor(pow(${random(3)}, 2) * 5000) AS INTEGER) AS location
    FROM range(${rows}) AS rows(i)) TO '${file}' (HEADER)`)
  connection.closeSync()
  instance.closeSync()
}

function importOurs(folder: string, file: string): Measurement {
  const child = path.join(import.meta.dirname, 'child.ts')
  const { seconds, output } = timed(process.execPath, [child, path.join(folder, 'workspace'), file])
  const { peakMegabytes } = JSON.parse(output)
  return {
    seconds,
    peakMegabytes,
    databaseMegabytes: statSync(path.join(folder, 'workspace', 'workbench.db')).size / 1e6,
  }
}

function importWithShell(folder: string, file: string): Measurement {
  const database = path.join(folder, 'shell.db')
  const script = path.join(folder, 'import.sql')
  writeFileSync(
    script,
    `.mode csv
CREATE TABLE events (user_id TEXT, timestamp TEXT, event TEXT, location TEXT);
.import --skip 1 ${file} events
CREATE INDEX events_by_user_and_time ON events (user_id, timestamp);
`,
  )
  const { seconds } = timed('/bin/sh', ['-c', `sqlite3 '${database}' < '${script}'`])
  return { seconds, peakMegabytes: Number.NaN, databaseMegabytes: statSync(database).size / 1e6 }
}

function timed(command: string, parameters: string[]): { seconds: number; output: string } {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
  return { seconds: (performance.now() - start) / 1000, output: stdout }
}

const { values } = parseArgs({ options: { rows: { type: 'string', default: '10000000' } } })
const rows = Number(values.rows)
const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-bench-'))
try {
  const file = path.join(folder, 'events.csv')
  await generate(file, rows)
  console.log(`${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB of CSV; ${availableParallelism()} cores`)
  const ours = importOurs(folder, file)
  const shell = importWithShell(folder, file)
  console.table({
    'behavegpt import': describe(ours),
    'sqlite3 .import + index': describe(shell),
  })
  console.log(
    `ratio ${(shell.seconds / ours.seconds).toFixed(2)} (at least 0.8), peak memory ${ours.peakMegabytes.toFixed(0)} MB (at most 1000)`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function describe({ seconds, peakMegabytes, databaseMegabytes }: Measurement) {
  return {
    seconds: Number(seconds.toFixed(1)),
    'rows/s': Math.round(rows / seconds),
    'peak MB': Number.isNaN(peakMegabytes) ? '-' : Math.round(peakMegabytes),
    'database MB': Math.round(databaseMegabytes),
  }
}
