/** Mixes any sequence of integers and strings into 32 well-spread bits (FNV-1a over the words, murmur3's finaliser). */
export function hash32(...parts: readonly (number | string)[]): number {
  let state = 0x811c9dc5
  const absorb = (byte: number) => {
    state = Math.imul(state ^ byte, 0x01000193)
  }
  for (const part of parts) {
    const text = typeof part === 'string' ? part : `#${part}`
    for (let index = 0; index < text.length; index++) absorb(text.charCodeAt(index))
    absorb(0x1f)
  }
  state ^= state >>> 16
  state = Math.imul(state, 0x85ebca6b)
  state ^= state >>> 13
  state = Math.imul(state, 0xc2b2ae35)
  state ^= state >>> 16
  return state >>> 0
}

/** Uniform numbers in [0, 1) with 32 bits: sfc32, which passes PractRand; the same parts give the same numbers. */
export function uniformGenerator(...parts: readonly (number | string)[]): () => number {
  let a = hash32('a', ...parts)
  let b = hash32('b', ...parts)
  let c = hash32('c', ...parts)
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4294967296
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
  return next
}

/** Standard normal numbers (Box-Muller). */
export function normalGenerator(...parts: readonly (number | string)[]): () => number {
  const uniform = uniformGenerator(...parts)
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
