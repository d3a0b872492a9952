import { expect, test } from 'vitest'
import { fewSteps, suggestedEpochs } from '../../src/shared/training-length.ts'

test('a training is as long as usual on a large log, and on a small one has enough steps, but not more than the most passes in small batches make', () => {
  expect(suggestedEpochs(1_000_000, 64)).toBe(5)
  // Six steps in an epoch.
  expect(suggestedEpochs(350, 64)).toBe(34)
  expect(34 * 6).toBeGreaterThan(fewSteps)
  // Two steps in an epoch: as many steps as 20 passes in batches of 16.
  expect(suggestedEpochs(110, 64)).toBe(80)
  expect(suggestedEpochs(110, 16)).toBe(20)
  expect(suggestedEpochs(110, 1)).toBe(5)
  expect(suggestedEpochs(0, 64)).toBe(80)
})
