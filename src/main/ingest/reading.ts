import { strict as assert } from 'node:assert'
import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../shared/errors.ts'
import { DelimitedReader } from './delimited.ts'
import type { Fields, RowSink } from './fields.ts'
import { readChunks } from './input-file.ts'
import { JsonLinesReader } from './json-lines.ts'
import { readParquet } from './parquet.ts'
import type { PlannedFile } from './plan.ts'

/** Something that takes bytes and hands rows to a sink. */
interface ByteReader {
  push(chunk: Uint8Array): void
  end(): void
}

function readerOf({ layout, columns }: PlannedFile, sink: RowSink, fields: Fields): ByteReader {
  if (layout.format === 'jsonl') return new JsonLinesReader(columns, sink, fields)
  assert(layout.dialect !== undefined)
  const wanted = layout.sample.columns.map((column) => columns.indexOf(column))
  return new DelimitedReader(layout.dialect, layout.sample.columns.length, wanted, sink, fields)
}

/**
 * Reads all rows of a file into a sink. Between chunks the event loop runs and the signal is looked at.
 * @param onProgress told the share of the file that is read.
 */
export async function readRows(
  planned: PlannedFile,
  sink: RowSink,
  fields: Fields,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const { file, layout, columns } = planned
  const pause = async (share: number) => {
    onProgress(share)
    await setImmediate()
    throwIfCancelled(signal)
  }
  if (layout.format === 'parquet') {
    await readParquet(file, columns, sink, fields, signal, pause)
    return
  }
  const reader = readerOf(planned, sink, fields)
  let first = true
  for await (const { bytes, fileBytes } of readChunks(file)) {
    const hasMark = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    first = false
    reader.push(hasMark ? bytes.subarray(3) : bytes)
    await pause(fileBytes / file.size)
  }
  reader.end()
}
