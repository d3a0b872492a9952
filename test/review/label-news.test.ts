import { expect, test } from 'vitest'
import { LabelNews } from '../../src/main/review/label-news.ts'

/** What is followed, as it comes. */
function followed(news: LabelNews, project: number, read: () => number | undefined, signal?: AbortSignal) {
  const heard: number[] = []
  const ended = (async () => {
    for await (const version of news.follow(project, read, signal)) heard.push(version)
  })()
  return { heard, ended }
}
const aTurn = () => new Promise((resolve) => setImmediate(resolve))

test('whoever follows the labels of a review hears their version at once, and each other one as soon as it is told', async () => {
  const news = new LabelNews()
  let version = 1
  const { heard } = followed(news, 1, () => version)
  await aTurn()
  expect(heard).toEqual([1])
  version = 2
  news.tell(2)
  await aTurn()
  expect(heard, 'another review').toEqual([1])
  news.tell(1)
  await aTurn()
  // The same version is no news.
  news.tell(1)
  await aTurn()
  expect(heard).toEqual([1, 2])
})

test('it ends when the review is gone, the page leaves or the host closes', async () => {
  const news = new LabelNews()
  let version: number | undefined = 1
  const leaving = new AbortController()
  const gone = followed(news, 1, () => version)
  const left = followed(news, 2, () => 1, leaving.signal)
  const closed = followed(news, 3, () => 1)
  await aTurn()
  version = undefined
  news.tell(1)
  leaving.abort()
  await Promise.all([gone.ended, left.ended])
  news.close()
  await closed.ended
  expect([gone.heard, left.heard, closed.heard]).toEqual([[1], [1], [1]])
})
