import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { inTurn } from '../../src/renderer/turns.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('work is done in the order in which it was asked for, a task for each, and what waits between two comes first', async () => {
  const done: string[] = []
  inTurn(() => {
    done.push('first')
    // As an input that arrives while the first is at work.
    setTimeout(() => done.push('input'))
  })
  inTurn(() => done.push('second'))
  expect(done).toEqual([])
  await expect.poll(() => done).toEqual(['first', 'input', 'second'])
})

test('what was taken back is not done, and what fails does not keep the others from their turn', async () => {
  const done: string[] = []
  const failures: unknown[] = []
  const onFailure = (error: unknown) => failures.push(error)
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', onFailure)
  try {
    inTurn(() => {
      throw new Error('cannot draw')
    })
    const takeBack = inTurn(() => done.push('taken back'))
    inTurn(() => done.push('last'))
    takeBack()
    await expect.poll(() => done).toEqual(['last'])
    await pause(5)
    expect(failures).toEqual([new Error('cannot draw')])
  } finally {
    process.off('uncaughtException', onFailure)
    for (const listener of others) process.on('uncaughtException', listener)
  }
})

test('after a click no work is done until the picture of what it did', async () => {
  const document = Object.assign(new EventTarget(), { hidden: false })
  const frames: (() => void)[] = []
  vi.stubGlobal('document', document)
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
  vi.resetModules()
  const { inTurn: inTurnOfPage } = await import('../../src/renderer/turns.ts')
  const done: string[] = []
  inTurnOfPage(() => done.push('before the click'))
  await expect.poll(() => done).toEqual(['before the click'])

  document.dispatchEvent(new Event('click'))
  inTurnOfPage(() => done.push('after its picture'))
  await pause(20)
  expect(done).toEqual(['before the click'])
  for (const frame of frames.splice(0)) frame()
  await expect.poll(() => done).toEqual(['before the click', 'after its picture'])

  // A page that nobody sees makes no pictures.
  document.dispatchEvent(new Event('click'))
  document.hidden = true
  inTurnOfPage(() => done.push('unseen'))
  await expect.poll(() => done.at(-1)).toBe('unseen')
})
