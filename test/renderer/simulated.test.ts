import { expect, test } from 'vitest'
import { simulatedShare } from '../../src/renderer/components/simulated.ts'

const sources = [
  { name: 'phones', simulated: false },
  { name: 'sample', simulated: true },
  { name: 'second sample', simulated: true },
]

test.each([
  { chosen: [], share: 'some' },
  { chosen: ['phones', 'sample'], share: 'some' },
  { chosen: ['sample', 'second sample'], share: 'all' },
  { chosen: ['phones'], share: undefined },
  { chosen: ['gone'], share: undefined },
])('what is looked at of $chosen is marked as simulated: $share', ({ chosen, share }) => {
  expect(simulatedShare(sources, chosen)).toBe(share)
})
