import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countEvents, readEvents, readUserEvents } from '../../src/main/storage/events.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { createLogWorkspace } from '../support/log-workspace.ts'

test('events come by user, then time, then source, then the order of the file', () => {
  using log = createLogWorkspace()
  log.addSource('first', [
    { user: 'u', time: 5, behaviour: 'c' },
    { user: 'v', time: 1, behaviour: 'x' },
    { user: 'u', time: 5, behaviour: 'b' },
  ])
  log.addSource('second', [
    { user: 'u', time: 3, behaviour: 'a' },
    { user: 'u', time: 5, behaviour: 'a' },
  ])
  const behaviours = [...readEvents(log.workspace.database)].map(([user, time, behaviour, , , source]) => [
    user,
    time,
    behaviour,
    source,
  ])
  expect(behaviours).toEqual([
    [1, 3, 4, 2],
    [1, 5, 1, 1],
    [1, 5, 3, 1],
    [1, 5, 4, 2],
    [2, 1, 2, 1],
  ])
})

test('filters by source and by time agree with filtering everything', () => {
  using log = createLogWorkspace()
  const event = fc.record({
    user: fc.constantFrom('u', 'v', 'w'),
    time: fc.nat(9),
    behaviour: fc.constantFrom('a', 'b'),
  })
  const events = fc.sample(event, 60)
  log.addSource('first', events.slice(0, 40))
  log.addSource('second', events.slice(40))
  const { database } = log.workspace
  const all = [...readEvents(database)]
  expect(all).toHaveLength(60)
  expect([...readEvents(database, { from: 3, until: 7 })]).toEqual(all.filter(([, time]) => time >= 3 && time < 7))
  expect([...readEvents(database, { sources: ['second'] })]).toEqual(all.filter(([, , , , , source]) => source === 2))
  expect([...readEvents(database, { sources: ['1', 'second'] })]).toEqual(all)
  expect(() => [...readEvents(database, { sources: ['third'] })]).toThrow('There is no source third')
  for (const user of [1, 2, 3]) {
    const own = all.filter((row) => row[0] === user)
    expect(readUserEvents(database, user)).toEqual(own)
    expect(readUserEvents(database, user, {}, 3)).toEqual(own.slice(-3))
  }
})

test('more events than are fetched at once all come, and from one state of the database', () => {
  using log = createLogWorkspace()
  const events = Array.from({ length: 20_000 }, (_, index) => ({
    user: `u${index % 7}`,
    time: index >> 3,
    behaviour: `b${index % 5}`,
  }))
  log.addSource('first', events)
  const iterator = readEvents(log.workspace.database)
  const first = iterator.next().value
  using other = openWorkspace(log.directory, { mode: 'write' })
  other.database.execute('DELETE FROM events')
  const rest = [...iterator]
  expect(rest).toHaveLength(19_999)
  expect(first).toBeDefined()
  expect([...readEvents(log.workspace.database)]).toEqual([])
})

test('counting does not scan', () => {
  using log = createLogWorkspace()
  expect(countEvents(log.workspace.database)).toBe(0)
})
