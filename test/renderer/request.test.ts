import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EffectScope, effectScope, nextTick, ref } from 'vue'
import { type Request, useRequest } from '../../src/renderer/composables/request.ts'
import { connection } from '../../src/renderer/connection.ts'

interface Question {
  about: string
  signal: AbortSignal
  answer(text: string): Promise<void>
  fail(): Promise<void>
}

let scope: EffectScope
let questions: Question[]
const topic = ref<string>()
const detail = ref(1)
let request: Request<string>

beforeEach(() => {
  scope = effectScope()
  questions = []
  topic.value = 'walks'
  request = scope.run(() =>
    useRequest(
      () => (topic.value === undefined ? undefined : { topic: topic.value }),
      ({ topic: about }, { signal }) =>
        new Promise<string>((resolve, reject) => {
          questions.push({
            about,
            signal,
            answer: (text) => settled(() => resolve(text)),
            fail: () => settled(() => reject(new Error('refused'))),
          })
        }),
    ),
  )!
})
afterEach(() => scope.stop())

async function settled(settle: () => void): Promise<void> {
  settle()
  await new Promise((resolve) => setTimeout(resolve))
}
const state = () => ({
  answer: request.answer.value,
  loading: request.loading.value,
  refreshing: request.refreshing.value,
})

test('asks at once, and shows the answer', async () => {
  expect(state()).toEqual({ answer: undefined, loading: true, refreshing: true })
  await questions[0]!.answer('first')
  expect(state()).toEqual({ answer: 'first', loading: false, refreshing: false })
})

test('other parameters abort the question before, whose answer is dropped', async () => {
  topic.value = 'talks'
  await nextTick()
  expect(questions[0]!.signal.aborted).toBe(true)
  await questions[1]!.answer('of talks')
  await questions[0]!.answer('of walks')
  expect(questions.map(({ about }) => about)).toEqual(['walks', 'talks'])
  expect(state()).toEqual({ answer: 'of talks', loading: false, refreshing: false })
})

test('no parameters ask nothing and show nothing', async () => {
  topic.value = undefined
  await nextTick()
  await questions[0]!.answer('of walks')
  expect(state()).toEqual({ answer: undefined, loading: false, refreshing: false })
})

test('refreshed faster than answers come, it shows each of them, and ends with one that was asked for after the last refresh', async () => {
  void request.refresh()
  void request.refresh()
  const last = request.refresh()
  expect(questions).toHaveLength(1)
  expect(questions[0]!.signal.aborted).toBe(false)
  await questions[0]!.answer('first')
  expect(state()).toEqual({ answer: 'first', loading: false, refreshing: true })

  await questions[1]!.answer('second')
  await last
  expect(questions).toHaveLength(2)
  expect(state()).toEqual({ answer: 'second', loading: false, refreshing: false })
})

test('parameters that are computed anew and are the same do not take the awaited answer away', async () => {
  topic.value = 'talks'
  await nextTick()
  await questions[1]!.answer('of talks')
  topic.value = 'walks'
  await nextTick()
  topic.value = 'talks'
  topic.value = 'walks'
  await nextTick()
  expect(questions[2]!.signal.aborted).toBe(false)
})

test('a refresh waits for the answer to the parameters that came in between', async () => {
  await questions[0]!.answer('first')
  let isDone = false
  const refreshed = request.refresh().then(() => {
    isDone = true
  })
  topic.value = 'talks'
  await nextTick()
  await questions[1]!.answer('of walks, late')
  expect(isDone).toBe(false)
  await questions[2]!.answer('of talks')
  await refreshed
  expect(state().answer).toBe('of talks')
})

test('an error is shown beside the answer before, and gone with the next answer', async () => {
  await questions[0]!.answer('first')
  void request.refresh()
  await questions[1]!.fail()
  expect(request.error.value).toMatchObject({ code: 'internal' })
  expect(state()).toEqual({ answer: 'first', loading: false, refreshing: false })
  void request.refresh()
  await questions[2]!.answer('third')
  expect(request.error.value).toBeUndefined()
  expect(state().answer).toBe('third')
})

test('a question that broke off with the connection is asked again once that is back, and one that was refused is not', async () => {
  connection.value = 'lost'
  await questions[0]!.fail()
  expect(request.error.value?.message).toMatchObject({ template: 'The connection broke off.' })
  connection.value = 'open'
  await nextTick()
  await questions[1]!.answer('second')
  expect(request.error.value).toBeUndefined()
  expect(state()).toEqual({ answer: 'second', loading: false, refreshing: false })

  void request.refresh()
  await questions[2]!.fail()
  connection.value = 'lost'
  await nextTick()
  connection.value = 'open'
  await nextTick()
  expect(questions).toHaveLength(3)
  expect(request.error.value).toBeDefined()
})

test('a page that is left aborts its question', () => {
  scope.stop()
  expect(questions[0]!.signal.aborted).toBe(true)
})

test('the answer to other parameters is shown as outdated until theirs is there, and not at all when they get none', async () => {
  await questions[0]!.answer('of walks')
  topic.value = 'talks'
  await nextTick()
  expect(request.outdated.value).toBe(true)
  expect(state().answer).toBe('of walks')
  await questions[1]!.answer('of talks')
  expect(request.outdated.value).toBe(false)

  topic.value = 'nobody'
  await nextTick()
  await questions[2]!.fail()
  expect(request.outdated.value).toBe(false)
  expect(state()).toEqual({ answer: undefined, loading: false, refreshing: false })
})

test('an answer is never shown under the name of another subject', async () => {
  scope.run(() => {
    request = useRequest(
      () => ({ topic: topic.value!, detail: detail.value }),
      ({ topic: about, detail: wanted }, { signal }) =>
        new Promise<string>((resolve, reject) => {
          questions.push({
            about: `${about} ${wanted}`,
            signal,
            answer: (text) => settled(() => resolve(text)),
            fail: () => settled(() => reject(new Error('refused'))),
          })
        }),
      { subject: (asked) => asked.topic },
    )
  })
  await questions[1]!.answer('walks in short')
  detail.value = 2
  await nextTick()
  expect(state().answer).toBe('walks in short')
  await questions[2]!.answer('walks at length')
  topic.value = 'talks'
  await nextTick()
  expect(state()).toEqual({ answer: undefined, loading: true, refreshing: true })
})
