/** A stable look for each behaviour: it depends on the name alone, so that it is the same on every page, in every session and workspace. */

export interface BehaviourColour {
  /** For areas, marks and lines: hexadecimal. */
  readonly fill: string
  /** For a text on `fill`: at least 4.5 to 1 against it. */
  readonly text: string
}

/** Evenly spread hues, each in three tones that differ in lightness too, so that neighbours are told apart without colour vision. */
const hues = 12
const tones = {
  light: [
    { lightness: 0.42, chroma: 0.11 },
    { lightness: 0.5, chroma: 0.13 },
    { lightness: 0.55, chroma: 0.09 },
  ],
  dark: [
    { lightness: 0.7, chroma: 0.11 },
    { lightness: 0.78, chroma: 0.12 },
    { lightness: 0.86, chroma: 0.08 },
  ],
}

const palettes = {
  light: makePalette('light', '#ffffff'),
  dark: makePalette('dark', '#101214'),
}

function makePalette(theme: keyof typeof tones, text: string): BehaviourColour[] {
  return tones[theme].flatMap(({ lightness, chroma }) =>
    Array.from({ length: hues }, (_, index) => ({ fill: toHex(lightness, chroma, (360 * index) / hues), text })),
  )
}

/** The colour of a behaviour in the light or the dark theme. */
export function behaviourColour(name: string, dark: boolean): BehaviourColour {
  const colours = dark ? palettes.dark : palettes.light
  return colours[hash(name) % colours.length]!
}

/**
 * A short code of a behaviour, one or two characters: the initials of its first two words (`bus_card` is BC, `orderFood` is OF), else the start of its only one.
 * Not unique: the full name is always one hover, one selection or one line of the list away.
 */
export function behaviourCode(name: string): string {
  const words = name
    // Longer names add nothing to a code of two characters.
    .slice(0, 200)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  const [first, second] = words
  if (first === undefined) return [...name.trim()].slice(0, 2).join('') || '?'
  if (second !== undefined) return `${[...first][0]}${[...second][0]}`.toLocaleUpperCase('en')
  const [initial, next = ''] = [...first]
  return `${initial!.toLocaleUpperCase('en')}${next}`
}

/** FNV-1a over UTF-16 code units, mixed so that names that differ in their last character differ in hue. */
function hash(name: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < name.length; index++) value = Math.imul(value ^ name.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}

/** OKLCH (lightness 0..1, chroma, hue in degrees) as sRGB in hexadecimal; what sRGB cannot show is clipped. Björn Ottosson, 2020. */
function toHex(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const channel = (value: number) => {
    const shown = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055
    return Math.round(255 * Math.min(1, Math.max(0, shown)))
      .toString(16)
      .padStart(2, '0')
  }
  return `#${linear.map(channel).join('')}`
}
