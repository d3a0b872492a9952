import { beforeEach, expect, test } from 'vitest'
import { type EditedSequence, useEditedSequence } from '../../src/renderer/views/predict/edited-sequence.ts'

const event = (time: number, behaviour: string) => ({ time, behaviour, location: null })
const log = [event(10, 'wake'), event(20, 'coffee'), event(30, 'bus')]

let sequence: EditedSequence
beforeEach(() => {
  sequence = useEditedSequence()
  sequence.load(log)
})
const names = () => sequence.events.value.map(({ behaviour }) => behaviour).join(' ')
const keyOf = (behaviour: string) => sequence.events.value.find((each) => each.behaviour === behaviour)!.key
const changes = () => sequence.events.value.map((each) => sequence.changeOf(each))

test('a loaded sequence is in order of time and not edited', () => {
  sequence.load([log[2]!, log[0]!, log[1]!])
  expect(names()).toBe('wake coffee bus')
  expect(sequence.isEdited.value).toBe(false)
  expect(sequence.canUndo.value).toBe(false)
})

test('a change, an insertion and a removal are told apart and undone one by one', () => {
  sequence.change(keyOf('coffee'), { behaviour: 'tea' })
  sequence.insert(event(15, 'shower'))
  sequence.remove(keyOf('bus'))
  expect(names()).toBe('wake shower tea')
  expect(changes()).toEqual([null, 'inserted', 'edited'])
  expect(sequence.removed.value).toBe(1)
  sequence.undo()
  expect(names()).toBe('wake shower tea bus')
  sequence.undo()
  sequence.undo()
  expect(names()).toBe('wake coffee bus')
  expect(sequence.isEdited.value).toBe(false)
  expect(sequence.canUndo.value).toBe(false)
  sequence.redo()
  expect(names()).toBe('wake tea bus')
})

test('a new edit after an undo takes the place of what could be redone', () => {
  sequence.remove(keyOf('wake'))
  sequence.undo()
  sequence.remove(keyOf('bus'))
  expect(sequence.canRedo.value).toBe(false)
  expect(names()).toBe('wake coffee')
})

test('a changed time moves the event', () => {
  sequence.change(keyOf('wake'), { time: 25 })
  expect(names()).toBe('coffee wake bus')
})

test('an edit that leads back to what was loaded is none', () => {
  const key = keyOf('coffee')
  sequence.change(key, { behaviour: 'tea' })
  expect(sequence.isEdited.value).toBe(true)
  sequence.change(key, { behaviour: 'coffee' })
  expect(sequence.isEdited.value).toBe(false)
  expect(changes()).toEqual([null, null, null])
})

test('discarding brings back the reference, and can itself be undone', () => {
  sequence.change(keyOf('coffee'), { behaviour: 'tea' })
  sequence.reset()
  expect(names()).toBe('wake coffee bus')
  sequence.undo()
  expect(names()).toBe('wake tea bus')
})

test('holding makes the edited sequence the reference', () => {
  sequence.change(keyOf('coffee'), { behaviour: 'tea' })
  sequence.hold()
  expect(sequence.isEdited.value).toBe(false)
  expect(changes()).toEqual([null, null, null])
  sequence.remove(keyOf('bus'))
  sequence.reset()
  expect(names()).toBe('wake tea bus')
})

test('what is pasted over a sequence can be undone', () => {
  sequence.replace([event(5, 'gym')])
  expect(names()).toBe('gym')
  expect(sequence.isEdited.value).toBe(false)
  sequence.undo()
  expect(names()).toBe('wake coffee bus')
})

test('events added to an empty sequence are no insertions: there is nothing to compare with', () => {
  sequence.load([])
  sequence.insert(event(1, 'wake'))
  expect(changes()).toEqual([null])
  expect(sequence.reference.value).toEqual([])
})
