import type { SafetensorsFile } from '../storage/safetensors.ts'

/** A list of texts as two tensors: their UTF-8 bytes one after another, and where each begins (with the end of the last). */
export interface EncodedStrings {
  bytes: Uint8Array
  offsets: Float64Array
}

export function encodeStrings(texts: readonly string[]): EncodedStrings {
  const offsets = new Float64Array(texts.length + 1)
  texts.forEach((text, index) => {
    offsets[index + 1] = offsets[index] + Buffer.byteLength(text)
  })
  const bytes = Buffer.alloc(offsets[texts.length])
  texts.forEach((text, index) => {
    bytes.write(text, offsets[index])
  })
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), offsets }
}

export function decodeStrings({ bytes, offsets }: EncodedStrings): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: offsets.length - 1 }, (_, index) =>
    buffer.toString('utf8', offsets[index], offsets[index + 1]),
  )
}

/** The tensors of a list of texts, by the list's name. */
export function stringTensors(name: string, texts: readonly string[]) {
  const { bytes, offsets } = encodeStrings(texts)
  return {
    [`${name}.bytes`]: { data: bytes, shape: [bytes.length] },
    [`${name}.offsets`]: { data: offsets, shape: [offsets.length] },
  }
}

/** Reads a list of texts back. @throws WorkbenchError `corrupt` */
export function readStrings(file: SafetensorsFile, name: string): string[] {
  return decodeStrings({ bytes: file.read(`${name}.bytes`, 'U8'), offsets: file.read(`${name}.offsets`, 'F64') })
}
