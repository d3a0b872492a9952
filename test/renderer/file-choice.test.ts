import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EffectScope, effectScope } from 'vue'
import { type Bringing, useFileChoice } from '../../src/renderer/composables/file-choice.ts'
import type { ChosenFile } from '../../src/shared/files.ts'

const file = (name: string): ChosenFile => ({ path: `/uploads/${name}`, name, bytes: 1 })

let scope: EffectScope
let choice: ReturnType<typeof useFileChoice>
let told: string[]

beforeEach(() => {
  scope = effectScope()
  told = []
  choice = scope.run(() => useFileChoice((files) => told.push(...files.map(({ name }) => name))))!
})
afterEach(() => scope.stop())

/** Chooses a file, which arrives when the test says so. */
function upload(name: string) {
  let way!: Bringing
  const { promise, resolve, reject } = Promise.withResolvers<ChosenFile[]>()
  const taken = choice.take((bringing) => {
    way = bringing
    way.onArrival(0)
    return promise
  })
  return {
    way,
    arrive: () => {
      resolve([file(name)])
      return taken
    },
    fail: () => {
      reject(new Error('broke off'))
      return taken
    },
  }
}

test('files are told of when they have arrived, and how far they are until then', async () => {
  const { way, arrive } = upload('log.csv')
  way.onArrival(0.5)
  expect(choice.arrived.value).toBe(0.5)
  expect(told).toEqual([])
  await arrive()
  expect(choice.arrived.value).toBeUndefined()
  expect(told).toEqual(['log.csv'])
})

test('a newer choice aborts the one before, which takes neither the progress nor the files of the newer one away', async () => {
  const old = upload('old.csv')
  const newer = upload('new.csv')
  expect(old.way.signal.aborted).toBe(true)
  newer.way.onArrival(0.25)
  old.way.onArrival(0.9)
  await old.arrive()
  expect(choice.arrived.value).toBe(0.25)
  await newer.arrive()
  expect(told).toEqual(['new.csv'])
})

test('what was cancelled, or left with the page, is aborted, and no error is said of it', async () => {
  const cancelled = upload('log.csv')
  choice.cancel()
  await cancelled.fail()
  expect([choice.arrived.value, choice.error.value]).toEqual([undefined, undefined])
  const left = upload('log.csv')
  scope.stop()
  expect([cancelled.way.signal.aborted, left.way.signal.aborted]).toEqual([true, true])
})

test('an upload that fails says so, and the next one takes that back', async () => {
  await upload('log.csv').fail()
  expect(choice.error.value).toMatchObject({ code: 'internal' })
  await upload('log.csv').arrive()
  expect(choice.error.value).toBeUndefined()
})
