import { type Phrase, phrase } from '../../shared/phrase.ts'
import { notUtf8 } from './text-encoding.ts'

/** Names longer than this are refused: a column of free text was taken for a name. */
export const longestName = 1000
/** No name of more bytes has so few characters. */
export const mostNameBytes = 4 * longestName

/** A location may be empty, other names may not. */
export const emptyName = phrase`empty`
export const tooLong = phrase`longer than ${longestName} characters`

/**
 * Numbers names given as bytes, without making a text of a name that is known already. Open addressing over hashes; the bytes of all names lie in one growing buffer.
 */
export class NameTable {
  /** Why the last `intern` refused. */
  refusal: Phrase | undefined
  readonly #firstNew: number
  #slots = new Int32Array(1 << 12)
  #hashes = new Int32Array(1 << 12)
  #ids: number[] = []
  /** Index in the buffer behind the last byte of each name. */
  #ends: number[] = []
  #bytes = Buffer.alloc(1 << 16)
  #used = 0
  #nextId: number
  #added = false
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  /** @param known names with their ids; new names are numbered from one above the highest id. */
  constructor(known: readonly string[]) {
    this.#nextId = Math.max(1, known.length)
    known.forEach((name, id) => {
      const bytes = Buffer.from(name)
      this.#add(bytes, 0, bytes.length, hash(bytes, 0, bytes.length), id)
    })
    this.#firstNew = this.#ids.length
  }

  /** The id of the name in bytes start..end-1, new or known; -1 when it is no name, and `refusal` says why. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    this.#added = false
    const hashed = hash(bytes, start, end)
    const mask = this.#slots.length - 1
    for (let slot = hashed & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] - 1
      if (this.#hashes[entry] === hashed && this.#equals(entry, bytes, start, end)) return this.#ids[entry]
    }
    this.refusal = this.#refuse(bytes, start, end)
    if (this.refusal !== undefined) return -1
    const id = this.#nextId++
    this.#add(bytes, start, end, hashed, id)
    this.#added = true
    return id
  }

  /** Takes back the last `intern` if it added a name: the row that it came from was refused. */
  undo(): void {
    if (!this.#added) return
    this.#added = false
    const entry = this.#ids.length - 1
    // The newest entry is the last of its chain, so that no other entry is found through its slot.
    const mask = this.#slots.length - 1
    let slot = this.#hashes[entry] & mask
    while (this.#slots[slot] !== entry + 1) slot = (slot + 1) & mask
    this.#slots[slot] = 0
    this.#used = this.#startOf(entry)
    this.#ids.pop()
    this.#ends.pop()
    this.#nextId--
  }

  /** One above the highest id. */
  get size(): number {
    return this.#nextId
  }

  /** Names that were not known at the start, with their ids, in ascending order. */
  *newNames(): IterableIterator<[id: number, name: string]> {
    for (let entry = this.#firstNew; entry < this.#ids.length; entry++) {
      yield [this.#ids[entry], this.#bytes.toString('utf8', this.#startOf(entry), this.#ends[entry])]
    }
  }

  #startOf(entry: number): number {
    return entry === 0 ? 0 : this.#ends[entry - 1]
  }

  #equals(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#bytes
    const shift = this.#startOf(entry) - start
    if (this.#ends[entry] - shift !== end) return false
    for (let index = start; index < end; index++) {
      if (known[index + shift] !== bytes[index]) return false
    }
    return true
  }

  #refuse(bytes: Uint8Array, start: number, end: number): Phrase | undefined {
    if (end - start > mostNameBytes) return tooLong
    let text: string
    try {
      text = this.#decoder.decode(bytes.subarray(start, end))
    } catch {
      return notUtf8
    }
    if (text.trim() === '') return emptyName
    if (text.includes('\0')) return phrase`holds a NUL byte`
    return text.length > longestName ? tooLong : undefined
  }

  #add(bytes: Uint8Array, start: number, end: number, hashed: number, id: number): void {
    const entry = this.#ids.length
    if (2 * (entry + 1) > this.#slots.length) this.#grow()
    while (this.#used + end - start > this.#bytes.length) {
      const larger = Buffer.alloc(2 * this.#bytes.length)
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(start, end), this.#used)
    this.#used += end - start
    this.#ids.push(id)
    this.#ends.push(this.#used)
    this.#hashes[entry] = hashed
    this.#place(entry)
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes[entry] & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry + 1
  }

  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let entry = 0; entry < this.#ids.length; entry++) this.#place(entry)
  }
}

/** FNV-1a, mixed at the end because the low bits choose the slot. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let index = start; index < end; index++) value = Math.imul(value ^ bytes[index], 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return value ^ (value >>> 13)
}
