import type { PresetName } from '../../shared/configuration.ts'

/** Sizes of a model: D = 4 * streamWidth, and D must be divisible by heads. */
export interface PresetSizes {
  readonly streamWidth: number
  readonly layers: number
  readonly heads: number
}

/** The transformer's parameters are about 12 * layers * D^2; vocabularies add to that. */
export const presets: Readonly<Record<PresetName, PresetSizes>> = {
  nano: { streamWidth: 16, layers: 2, heads: 2 }, // D =  64, about 0.1 M
  tiny: { streamWidth: 32, layers: 2, heads: 4 }, // D = 128, about 0.5 M
  small: { streamWidth: 64, layers: 4, heads: 4 }, // D = 256, about 3.4 M
  base: { streamWidth: 128, layers: 8, heads: 8 }, // D = 512, about 25 M
  large: { streamWidth: 192, layers: 14, heads: 12 }, // D = 768, about 100 M
}
