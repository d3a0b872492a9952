import { expect, test } from 'vitest'
import { exportName } from '../../src/renderer/charts/file-name.ts'
import { behaviourRows, comparedBehaviours } from '../../src/renderer/views/runs/behaviour-rows.ts'
import { findCompared, underOwnName } from '../../src/renderer/views/runs/compared.ts'
import { differingSettings } from '../../src/renderer/views/runs/differences.ts'
import { smooth, targetsOf } from '../../src/renderer/views/runs/figures.ts'
import { runConfiguration } from '../../src/shared/configuration.ts'
import type { EvaluationResult } from '../../src/shared/evaluation.ts'
import type { BehaviourFigures } from '../../src/shared/evaluation-details.ts'

const figures: BehaviourFigures = {
  total: 4,
  name: ['read', 'walk', 'sing', 'fly'],
  group: [0, 1, 2, 2],
  trainingEvents: [90, 30, 5, 1],
  support: [10, 4, 2, 0],
  runs: [
    { run: { id: 'a', name: 'ce' }, predicted: [12, 0, 4, 0], correct: [8, 0, 1, 0] },
    { run: { id: 'b', name: 'dro' }, predicted: [9, 5, 2, 0], correct: [6, 2, 1, 0] },
  ],
}

test('what is not defined of a behaviour is null and not zero', () => {
  const [read, walk, sing, fly] = behaviourRows(figures, 0)
  expect(read).toMatchObject({ precision: 8 / 12, recall: 0.8, f1: 16 / 22 })
  expect(walk).toMatchObject({ precision: null, recall: 0, f1: 0 })
  expect(sing).toMatchObject({ precision: 0.25, recall: 0.5, f1: 2 / 6 })
  expect(fly).toMatchObject({ precision: null, recall: null, f1: null })
})

test('behaviours without targets are left out of a comparison; gains are the other run minus the reference', () => {
  expect(comparedBehaviours(figures, 1)).toEqual([
    { name: 'read', group: 0, support: 10, reference: 0.8, other: 0.6, difference: -0.2, targets: -2 },
    { name: 'walk', group: 1, support: 4, reference: 0, other: 0.5, difference: 0.5, targets: 2 },
    { name: 'sing', group: 2, support: 2, reference: 0.5, other: 0.5, difference: 0, targets: 0 },
  ])
})

test('a figure that counts unseen behaviours is of more targets than the others', () => {
  const evaluation = { targets: 90, unseenTargets: 10 } as EvaluationResult
  expect(targetsOf(evaluation, 'accuracy')).toBe(90)
  expect(targetsOf(evaluation, 'accuracyIncludingUnseen')).toBe(100)
})

test('a compared run is named by id or name, with a post-hoc adjustment after an @', () => {
  const runs = [
    { id: 'a1', name: 'ce' },
    { id: 'b2', name: 'dro@0.5' },
  ]
  const found = (entry: string) => {
    const { run, adjustment, key, name } = findCompared(runs, entry)!
    return [run.id, adjustment, key, name]
  }
  expect(found('a1')).toEqual(['a1', 0, 'a1', 'ce'])
  expect(found('ce@0.25')).toEqual(['a1', 0.25, 'a1@0.25', 'ce@0.25'])
  expect(found('a1@-1')).toEqual(['a1', -1, 'a1@-1', 'ce@-1'])
  expect(found('ce@0')).toEqual(found('ce'))
  // What follows the @ can be a part of the name.
  expect(found('dro@0.5')).toEqual(['b2', 0, 'b2', 'dro@0.5'])
  expect(found('dro@0.5@1')).toEqual(['b2', 1, 'b2@1', 'dro@0.5@1'])
  expect(findCompared(runs, 'ce@little')).toBeUndefined()
  expect(findCompared(runs, 'none')).toBeUndefined()
})

test('a run stands beside its own adjustment under a name of its own', () => {
  const evaluation = (adjustment: number) => ({ run: { id: 'a1', name: 'ce' }, adjustment }) as EvaluationResult
  expect(underOwnName(evaluation(0.25)).run).toEqual({ id: 'a1@0.25', name: 'ce@0.25' })
  expect(underOwnName(evaluation(0)).run).toEqual({ id: 'a1', name: 'ce' })
})

test('only settings in which runs differ are set side by side, also those that one of them lacks', () => {
  const run = (objective: object, learningRate: number) => ({
    configuration: runConfiguration.parse({ dataset: 'd', name: `${learningRate}`, seed: 1, objective, learningRate }),
    datasetName: 'log',
    device: 'cpu',
  })
  const runs = [run({ name: 'ce' }, 0.001), run({ name: 'dro-kl', parameters: { rho: 0.3 } }, 0.002)]
  expect(differingSettings(runs)).toEqual([
    { setting: 'objective.name', values: ['ce', 'dro-kl'] },
    { setting: 'learningRate', values: [0.001, 0.002] },
    { setting: 'objective.parameters.rho', values: [undefined, 0.3] },
  ])
  expect(differingSettings([runs[0], runs[0]])).toEqual([])

  // A parameter that nobody gave has its default, unless another one stands in its place.
  const parameterOf = (parameters: object) =>
    differingSettings([run({ name: 'ce' }, 0.001), run({ name: 'dro-kl', parameters }, 0.001)]).slice(1)
  expect(parameterOf({})).toEqual([{ setting: 'objective.parameters.rho', values: [undefined, 0.1] }])
  expect(parameterOf({ tau: 2 })).toEqual([{ setting: 'objective.parameters.tau', values: [undefined, 2] }])
})

test('a smoothed curve begins where the curve begins and follows it', () => {
  expect(smooth([4, 0, 0], 0.5)).toEqual([4, 2, 1])
  expect(smooth([4, 0, 0], 0)).toEqual([4, 0, 0])
  expect(smooth([], 0.5)).toEqual([])
})

test.each([
  ['a/b: "c"', 'a-b- -c.csv'],
  ['..hidden', 'hidden.csv'],
  ['', 'export.csv'],
  ['行'.repeat(300), `${'行'.repeat(43)}.csv`],
  [`${'a'.repeat(129)} b`, `${'a'.repeat(129)}.csv`],
])('the exported file of %j has a bare and short name', (name, file) => {
  expect(exportName(name, 'csv')).toBe(file)
})
