import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { bayesPredictions } from '../../src/main/simulation/bayes.ts'
import { createProcess, parseSimulationParameters } from '../../src/main/simulation/process.ts'
import { bayesReference, simulationOf } from '../../src/main/simulation/reference.ts'
import { simulateLog, simulateUsers, writeSimulatedLog } from '../../src/main/simulation/simulate.ts'
import { behaviourNames, dayParts, placeByDayPart, places } from '../../src/main/simulation/smartphone.ts'
import { saveSimulation } from '../../src/main/storage/datasets.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure, createLogWorkspace } from '../support/log-workspace.ts'

const parameters = parseSimulationParameters({ events: 20_000, users: 80, seed: 5 })

test('the tables fit together', () => {
  expect(new Set(behaviourNames).size).toBe(60)
  for (const table of placeByDayPart) {
    expect(table).toHaveLength(dayParts.length)
    for (const row of table) {
      expect(row).toHaveLength(places.length)
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    }
  }
})

test('a log has exactly the asked events, user after user in strict order of time, and a heavy tail', () => {
  const rows = [...simulateLog(parameters)]
  expect(rows).toHaveLength(20_000)
  const byUser = [...Map.groupBy(rows, ({ user }) => user)]
  expect(byUser.flatMap(([, events]) => events)).toEqual(rows)
  for (const [, events] of byUser) {
    for (let index = 1; index < events.length; index++) expect(events[index].time > events[index - 1].time).toBe(true)
  }
  const counts = [...Map.groupBy(rows, ({ behaviour }) => behaviour).values()].map((events) => events.length)
  counts.sort((a, b) => b - a)
  expect(counts.length).toBeGreaterThan(50)
  expect(counts.slice(0, 12).reduce((sum, count) => sum + count, 0) / rows.length).toBeGreaterThan(0.6)
  expect(counts[0] / counts[49]).toBeGreaterThan(40)
})

test('days and nights differ, and so do places', () => {
  const rows = [...simulateLog(parameters)]
  const share = (matches: (row: (typeof rows)[number]) => boolean) => rows.filter(matches).length / rows.length
  const hour = (time: string) => Number(time.slice(11, 13))
  expect(share(({ time }) => hour(time) < 6)).toBeLessThan(0.1)
  expect(share(({ time }) => hour(time) >= 18)).toBeGreaterThan(0.25)
  const atWork = rows.filter(({ location }) => location === 'work').map(({ time }) => hour(time))
  expect(atWork.filter((at) => at >= 8 && at < 19).length / atWork.length).toBeGreaterThan(0.7)
})

test('the same parameters give the same log, another seed another one', () => {
  const log = [...simulateLog(parameters)]
  expect([...simulateLog(parameters)]).toEqual(log)
  expect([...simulateLog({ ...parameters, seed: 6 })]).not.toEqual(log)
})

test('a parameter out of range is named', () => {
  expect(() => parseSimulationParameters({ behaviours: 61 })).toThrow(/behaviours/)
  expect(() => parseSimulationParameters({ event: 5 })).toThrow(/event/)
})

test('the CSV file holds the rows; a cancelled one is not left behind', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-test-'))
  try {
    const file = path.join(folder, 'log.csv')
    await writeSimulatedLog(file, parameters)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('user,time,event,location')
    expect(lines.slice(1)).toEqual([...simulateLog(parameters)].map((row) => Object.values(row).join(',')))
    const other = path.join(folder, 'cancelled.csv')
    const signal = AbortSignal.abort()
    await expect(writeSimulatedLog(other, parameters, { ...silentContext, signal })).rejects.toThrow(
      expect.objectContaining({ code: 'cancelled' }),
    )
    expect(readdirSync(folder)).toEqual(['log.csv'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the best possible figures of a dataset are those of its test targets', async () => {
  using log = createLogWorkspace()
  const rows = Array.from(simulateLog(parameters), ({ time, ...row }) => ({ ...row, time: Date.parse(`${time}Z`) }))
  log.addSource('simulated', rows, { simulated: true })
  saveSimulation(log.workspace.database, 'simulated', parameters)
  const { id } = await buildDataset(log.workspace, configure({ minimumLocationEvents: 1 }), silentContext)
  const dataset = openDataset(log.workspace, id)
  expect(dataset.simulated).toBe(true)
  expect(simulationOf(dataset)).toEqual(parameters)

  // The same from the simulator's own events, without the dataset in between.
  const testFrom = Date.parse(`${dataset.manifest.boundaries!.test}Z`)
  const process = createProcess(parameters)
  let targets = 0
  let hits = 0
  let nll = 0
  for (const events of simulateUsers(process)) {
    let isFirst = true
    for (const { event, probabilities } of bayesPredictions(process, events)) {
      const isTarget = !isFirst && event.time >= testFrom
      isFirst = false
      if (!isTarget || !dataset.behaviours.includes(process.behaviours[event.behaviour])) continue
      targets++
      nll -= Math.log(probabilities[event.behaviour])
      if (probabilities.indexOf(Math.max(...probabilities)) === event.behaviour) hits++
    }
  }
  const reference = bayesReference(dataset, 'test')
  expect(reference.targets).toBe(targets)
  expect(reference.accuracy).toBeCloseTo(hits / targets, 12)
  expect(reference.nll).toBeCloseTo(nll / targets, 10)
  expect(Math.abs(reference.accuracy - reference.expectedAccuracy)).toBeLessThan(0.05)
})

test('of a dataset that is not a whole simulated log they are not known', async () => {
  using log = createLogWorkspace()
  const rows = Array.from(simulateLog(parameters), ({ time, ...row }) => ({ ...row, time: Date.parse(`${time}Z`) }))
  log.addSource('simulated', rows, { simulated: true })
  const { id } = await buildDataset(log.workspace, configure(), silentContext)
  expect(simulationOf(openDataset(log.workspace, id))).toBeUndefined()
  expect(() => bayesReference(openDataset(log.workspace, id), 'test')).toThrow(/not known/)
  saveSimulation(log.workspace.database, 'simulated', parameters)
  const merged = configure({ name: 'merged', taxonomy: { 'email: read': 'email', 'email: write': 'email' } })
  const dataset = openDataset(log.workspace, (await buildDataset(log.workspace, merged, silentContext)).id)
  expect(simulationOf(dataset)).toBeUndefined()
})
