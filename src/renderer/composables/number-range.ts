import { useI18n } from 'vue-i18n'
import { useFormat } from './format.ts'

/** The least and the most of a whole number; without a most it ends with `Number.MAX_SAFE_INTEGER`. */
export type NumberRange = readonly [least: number, most: number]

/** The limits of a number that need not be whole; `above` and `below` are no such numbers themselves. */
export interface RealRange {
  readonly least?: number
  readonly above?: number
  readonly most?: number
  readonly below?: number
}

const isWhole = (range: NumberRange | RealRange): range is NumberRange => Array.isArray(range)

export function isInRange(value: number | null, range: NumberRange | RealRange): boolean {
  if (value === null) return false
  if (!isWhole(range)) {
    const {
      least = Number.NEGATIVE_INFINITY,
      above = Number.NEGATIVE_INFINITY,
      most = Number.POSITIVE_INFINITY,
      below = Number.POSITIVE_INFINITY,
    } = range
    return value >= least && value > above && value <= most && value < below
  }
  return Number.isInteger(value) && value >= range[0] && value <= range[1]
}
/** Whether only its least is worth saying. */
export const isOpenRange = ([, most]: NumberRange): boolean => most === Number.MAX_SAFE_INTEGER

/** Says what is wrong with a number that a person gives; undefined where nothing is. */
export function useRangeWords() {
  const { t } = useI18n()
  const format = useFormat()
  return (value: number | null, range: NumberRange | RealRange): string | undefined => {
    if (isInRange(value, range)) return undefined
    if (!isWhole(range)) {
      const { least, above, most, below } = range
      const lower = above !== undefined ? 'above' : least !== undefined ? 'least' : 'any'
      const upper = below !== undefined ? 'Below' : most !== undefined ? 'Most' : ''
      return t(`common.number.${lower}${upper}`, { least, above, most, below })
    }
    // A whole number that is too large to be one here is told the limit as well.
    if (isOpenRange(range) && value !== null && value > range[1])
      return t('common.wholeNumber.range', { least: format.count(range[0]), most: format.count(range[1]) })
    const [least, most] = range.map(format.count)
    return t(`common.wholeNumber.${isOpenRange(range) ? 'least' : 'range'}`, { least, most })
  }
}
