import { phrase } from '../../shared/phrase.ts'

/** Why a field is refused whose bytes are none of UTF-8: older programs write those of their region, and bytes alone do not tell which. */
export const notUtf8 = phrase`${phrase`not valid UTF-8`}: convert the file, for example with iconv -f gb18030 -t utf-8 where it is Chinese, or -f latin1 where it is Western European`

/** The marks at the beginning of texts in other encodings; those of UTF-32 begin like those of UTF-16. */
const marks: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe, 0, 0], 'UTF-32'],
  [[0, 0, 0xfe, 0xff], 'UTF-32'],
  [[0xff, 0xfe], 'UTF-16'],
  [[0xfe, 0xff], 'UTF-16'],
]

/** Encodings whose most usual characters have so many bytes, one of which is always zero and another never. */
const zeros: [encoding: string, unit: number, zero: number, letter: number][] = [
  ['UTF-32LE', 4, 2, 0],
  ['UTF-32BE', 4, 1, 3],
  ['UTF-16LE', 2, 1, 0],
  ['UTF-16BE', 2, 0, 1],
]

/** The encoding of a text that is none in UTF-8, as iconv calls it, by its beginning; undefined for everything else. */
export function foreignEncoding(bytes: Buffer): string | undefined {
  const marked = marks.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))
  if (marked !== undefined) return marked[1]
  const sample = bytes.subarray(0, 4096)
  return zeros.find(([, unit, zero, letter]) => {
    const characters = Math.floor(sample.length / unit)
    const zerosAt = (place: number) => {
      let found = 0
      for (let index = 0; index < characters; index++) if (sample[index * unit + place] === 0) found++
      return found
    }
    return characters >= 8 && zerosAt(zero) > 0.8 * characters && zerosAt(letter) < 0.1 * characters
  })?.[0]
}

/** What to do with a text that is none in UTF-8 and in which encoding it is nobody knows. */
export const convertLegacy = phrase`Convert it to UTF-8: iconv -f gb18030 -t utf-8 FILE > NEW where it is Chinese, -f latin1 where it is Western European.`

/** What to do with a text in another encoding. */
export const convert = (encoding: string) => phrase`Convert it to UTF-8: iconv -f ${encoding} -t utf-8 FILE > NEW`
