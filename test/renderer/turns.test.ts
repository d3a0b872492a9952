import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inTurn } from '../../src/renderer/turns.ts'

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
