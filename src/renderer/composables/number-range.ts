import { useI18n } from 'vue-i18n'
import { useFormat } from './format.ts'

/** The least and the most of a whole number; without a most it ends with `Number.MAX_SAFE_INTEGER`. */
export type NumberRange = readonly [least: number, most: number]

export const isInRange = (value: number | null, [least, most]: NumberRange): boolean =>
  value !== null && Number.isInteger(value) && value >= least && value <= most
/** Whether only its least is worth saying. */
export const isOpenRange = ([, most]: NumberRange): boolean => most === Number.MAX_SAFE_INTEGER

/** Says what is wrong with a number that a person gives; undefined where nothing is. */
export function useRangeWords() {
  const { t } = useI18n()
  const format = useFormat()
  return (value: number | null, range: NumberRange): string | undefined => {
    if (isInRange(value, range)) return undefined
    const [least, most] = range.map(format.count)
    return t(`common.wholeNumber.${isOpenRange(range) ? 'least' : 'range'}`, { least, most })
  }
}
