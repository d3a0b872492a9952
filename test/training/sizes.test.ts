import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readClassWeights } from '../../src/main/training/class-weights.ts'
import { measureTrainingRate } from '../../src/main/training/rate.ts'
import { trainRun } from '../../src/main/training/run.ts'
import { loadRun } from '../../src/main/training/run-directory.ts'
import { estimateSizes } from '../../src/main/training/sizes.ts'
import { presetNames } from '../../src/shared/configuration.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import type { LogWorkspace } from '../support/log-workspace.ts'
import { createTrainingWorkspace, recordingContext, smallRun } from './training-workspace.ts'

let log: LogWorkspace
beforeEach(async () => {
  log = await createTrainingWorkspace()
})
afterEach(() => log[Symbol.dispose]())

describe('the sizes of a training', () => {
  test('are the configured one and every preset in its place, each larger than the one before', () => {
    const { chosen, presets, here, stepsPerEpoch, totalSteps } = estimateSizes(log.workspace, smallRun())
    expect(chosen).toMatchObject({ preset: 'nano', width: 16, layers: 1, heads: 2 })
    expect(presets.map(({ preset }) => preset)).toEqual(presetNames)
    for (const [index, { parameterCount, memory, operationsPerToken }] of presets.entries()) {
      const smaller = index === 0 ? chosen : presets[index - 1]
      expect(parameterCount).toBeGreaterThan(smaller.parameterCount)
      expect(memory.total).toBeGreaterThan(smaller.memory.total)
      expect(operationsPerToken).toBeGreaterThan(smaller.operationsPerToken)
    }
    expect(here.available).toBeLessThanOrEqual(here.installed)
    expect(totalSteps).toBe(30)
    expect(estimateSizes(log.workspace, smallRun({ steps: undefined, epochs: 2.5 })).totalSteps).toBe(
      Math.ceil(2.5 * stepsPerEpoch),
    )
  })

  test('has the parameters that the run then has', async () => {
    const { chosen } = estimateSizes(log.workspace, smallRun({ steps: 1 }))
    const { parameterCount } = await trainRun(log.workspace, smallRun({ steps: 1 }), silentContext)
    expect(chosen.parameterCount).toBe(parameterCount)
  })

  test('refuses what the training would refuse', () => {
    expect(() => estimateSizes(log.workspace, smallRun({ dataset: 'absent' }))).toThrow(/no dataset absent/)
    expect(() => estimateSizes(log.workspace, smallRun({ epochs: 1 }))).toThrow(/Both epochs and steps/)
  })
})

describe('a measured rate', () => {
  test('foretells the time of the whole run within bounds, and keeps nothing', async () => {
    const configuration = smallRun({ steps: 1000, evaluateEvery: 100 })
    const rate = await measureTrainingRate(log.workspace, configuration, 0.3, silentContext)
    expect(rate).toMatchObject({ device: 'cpu', deviceReason: phrase`cpu, as asked.`, totalSteps: 1000 })
    const { expected, low, high } = rate.seconds
    expect(expected).toBeGreaterThan(1000 / rate.stepsPerSecond)
    expect(expected).toBeLessThan(2 * (1000 / rate.stepsPerSecond))
    expect(low).toBeLessThanOrEqual(0.9 * expected)
    expect(high).toBeGreaterThanOrEqual(1.1 * expected)
    expect(rate.tokensPerSecond).toBeGreaterThan(rate.stepsPerSecond)
    expect(() => loadRun(log.workspace, 'run')).toThrow(/no run/)
  })

  test('stops when nobody wants it any more', async () => {
    const context = recordingContext()
    setTimeout(() => context.controller.abort(), 100)
    await expect(measureTrainingRate(log.workspace, smallRun(), 60, context)).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  test('is not tried where the memory is missing', async () => {
    const configuration = smallRun({ model: { preset: 'large' }, batch: 1_000_000 })
    await expect(measureTrainingRate(log.workspace, configuration, 1, silentContext)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('this machine has'),
    })
  })
})

describe('the weights of the classes', () => {
  test('are those of the last checkpoint, the most frequent class first, and worst where the loss is highest', async () => {
    await trainRun(log.workspace, smallRun(), silentContext)
    const { step, classes, ofClasses } = readClassWeights(log.workspace, 'run')!
    expect(step).toBe(30)
    expect(ofClasses).toBe(10)
    expect(classes.map(({ rank }) => rank)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1))
    expect(classes.map(({ events }) => events)).toEqual(classes.map(({ events }) => events).sort((a, b) => b - a))
    const seen = classes.filter(({ loss }) => loss !== null)
    const most = (key: 'loss' | 'weight') => seen.reduce((a, b) => (b[key]! > a[key]! ? b : a)).name
    expect(most('weight')).toBe(most('loss'))
    const events = classes.reduce((sum, each) => sum + each.events, 0)
    expect(classes.reduce((sum, each) => sum + each.weight * each.events, 0) / events).toBeCloseTo(1, 6)
  })

  test('are 1 without an adversary', async () => {
    await trainRun(log.workspace, smallRun({ objective: { name: 'ce' }, steps: 2 }), silentContext)
    expect(new Set(readClassWeights(log.workspace, 'run')!.classes.map(({ weight }) => weight))).toEqual(new Set([1]))
  })
})
