import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** One row in so many has no time, and cannot be used. */
export const rowsPerRefused = 100_000

export interface LargeLog {
  readonly rows: number
  /** Rows among them without a time. */
  readonly refused: number
}

/**
 * Writes a CSV log of any size in the order of time: 30,011 users, 300 behaviours with a heavy tail, 5,000 places; the same for the same arguments.
 * @param prefix of the users' names.
 * @param goesOn whether another row follows so many rows and bytes.
 */
export async function writeLargeLog(
  file: string,
  prefix: string,
  goesOn: (rows: number, bytes: number) => boolean,
): Promise<LargeLog> {
  const csv = createWriteStream(file)
  csv.write('user,time,event,location\n')
  let bytes = 0
  let rows = 0
  let refused = 0
  for (let state = 1; goesOn(rows, bytes); rows++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const isRefused = rows % rowsPerRefused === rowsPerRefused - 1
    if (isRefused) refused++
    const time = isRefused ? '' : new Date(1_700_000_000_000 + rows * 3_000).toISOString().slice(0, 19)
    const behaviour = Math.floor(300 * (state / 2 ** 32) ** 3)
    const line = `${prefix}_${(rows * 7_919) % 30_011},${time},behaviour_${behaviour},place_${(rows * 31 + behaviour) % 5_000}\n`
    bytes += line.length
    if (!csv.write(line)) await once(csv, 'drain')
  }
  csv.end()
  await once(csv, 'finish')
  return { rows, refused }
}
