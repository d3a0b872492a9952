import { expect, test } from 'vitest'
import { labelsLosingKey } from '../../src/renderer/views/review/labels-losing-key.ts'

const label = (name: string, key: string, retired = false) => ({
  id: 1,
  name,
  key,
  retired,
  scope: 'event' as const,
  colour: '#b3261e',
  description: '',
  behaviour: null,
})
const reviews = [
  { name: 'March', labels: [label('odd', 'O'), label('wrong', '7')] },
  { name: 'April', labels: [label('holiday', '7'), label('old', '7', true)] },
]
const losing = (action: string, key: string | null) =>
  labelsLosingKey(action, key, reviews).map((each) => `${each.label} of ${each.review}`)

test('the key of an action of the desk, or of one of every page, is lost to the labels in use of every review that have it', () => {
  expect(losing('review.flag', '7')).toEqual(['wrong of March', 'holiday of April'])
  expect(losing('common.jobs', 'O')).toEqual(['odd of March'])
})

test('no label loses its key to another key, to an action without any, or to one of another page', () => {
  expect(losing('review.flag', '8')).toEqual([])
  expect(losing('review.flag', 'Alt+7')).toEqual([])
  expect(losing('review.flag', null)).toEqual([])
  expect(losing('explore.zoom', '7')).toEqual([])
})
