import type { LabelDraft, LabelScope, ReviewLabel } from '../../../shared/review.ts'

/** Colours that are told apart in both themes, also by the colour-blind. */
export const labelColours = ['#2f6db3', '#1d7f5c', '#b8640b', '#7a49a5', '#8a7a00', '#1c7f7d', '#b4493c', '#5f5f5f']

const keys = [...'1234567890', ...'QWERTYIOPDVXCBM']

/** A new label with a key and a colour that the others do not have. */
export function newLabel(others: readonly LabelDraft[], scope: LabelScope, name = ''): LabelDraft {
  const used = new Set(others.map(({ key }) => key))
  return {
    name,
    scope,
    key: keys.find((key) => !used.has(key)) ?? '',
    colour: labelColours[others.length % labelColours.length]!,
    description: '',
    behaviour: null,
  }
}

/** A label of the schema as it can be changed. */
export const draftOf = ({ retired: _retired, ...label }: ReviewLabel): LabelDraft => ({ ...label })
