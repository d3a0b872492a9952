import { describe, expect, test } from 'vitest'
import { useRangeWords } from '../../src/renderer/composables/number-range.ts'
import english from '../../src/renderer/locales/en/train.ts'
import chinese from '../../src/renderer/locales/zh-CN/train.ts'
import { unfitFields, useBuilderForm } from '../../src/renderer/views/datasets/builder.ts'
import { freeName, groupVersions } from '../../src/renderer/views/datasets/versions.ts'
import { warningsOf } from '../../src/renderer/views/datasets/warnings.ts'
import { standardOptions, unfitFields as unfitForTraining, useTrainForm } from '../../src/renderer/views/train/form.ts'
import { useFieldLabels, withLabels } from '../../src/renderer/views/train/labels.ts'
import {
  datasetConfiguration,
  objectiveNames,
  runConfiguration,
  trainConfiguration,
} from '../../src/shared/configuration.ts'
import type { DatasetCounts, ListedDataset } from '../../src/shared/datasets.ts'
import { issuePhrase } from '../../src/shared/issues.ts'
import { objectiveParameters } from '../../src/shared/objectives.ts'
import { lines, render } from '../../src/shared/phrase.ts'
import { inLanguage } from './in-language.ts'

describe('the form of a training', () => {
  const complete = trainConfiguration.parse({ dataset: 'd', epochs: 5 })

  test('untouched is what the defaults of the configuration are', () => {
    const { form, configuration, changedOptions } = useTrainForm()
    expect(configuration.value).toBeUndefined()
    form.dataset = 'd'
    expect(trainConfiguration.parse(configuration.value)).toEqual(complete)
    expect(changedOptions.value).toEqual([])
  })

  test('takes over every setting of a run, and gives all of them back', () => {
    const settings = runConfiguration.parse({
      dataset: 'd',
      model: { preset: 'tiny', streamWidth: 24, layers: 3, heads: 3, habit: false, targetTime: true, dropout: 0.3 },
      objective: { name: 'dro-kl', parameters: { tau: 2 }, decay: 0.5, updateEvery: 7 },
      device: 'cpu',
      threads: 2,
      steps: 123,
      batch: 8,
      accumulation: 2,
      stepsPerCall: 5,
      learningRate: 0.004,
      betas: [0.8, 0.95],
      decayEmbeddings: true,
      selectBy: 'macroRecall',
      patience: 3,
      evaluateEvery: 10,
      checkpointEvery: 20,
      seed: 9,
    })
    const { configuration, take } = useTrainForm()
    take(settings)
    expect(runConfiguration.parse(configuration.value)).toEqual(settings)
  })

  test('keeps a number that does not fit, names its field, and configures nothing with it', async () => {
    const { form, configuration } = useTrainForm()
    form.dataset = 'd'
    form.unit = 'steps'
    form.duration = 2.5
    form.options['model.dropout'] = 1
    form.options.learningRate = 0
    form.options.seed = 1e20
    form.objective = 'dro-cvar'
    form.parameters.alpha = 0
    // Has no effect without its switch.
    form.options.gapWeight = 0
    expect(unfitForTraining(form)).toEqual(['duration', ':alpha', 'model.dropout', 'learningRate', 'seed'])
    expect(configuration.value).toBeUndefined()
    Object.assign(form.options, { 'model.dropout': 0.9, learningRate: 1e-4, seed: 7 })
    form.parameters.alpha = undefined
    form.duration = 3
    expect(unfitForTraining(form)).toEqual([])
    expect(trainConfiguration.parse(configuration.value)).toMatchObject({ steps: 3, learningRate: 1e-4, seed: 7 })

    const problemOf = await inLanguage('en', useRangeWords)
    expect(problemOf(0, { above: 0 })).toBe('A number above 0.')
    expect(problemOf(1, { least: 0, most: 0.9 })).toBe('A number from 0 to 0.9.')
    expect(problemOf(1e20, [0, Number.MAX_SAFE_INTEGER])).toBe('A whole number from 0 to 9,007,199,254,740,991.')
    expect(problemOf(2.5, [1, Number.MAX_SAFE_INTEGER])).toBe('A whole number, 1 or more.')
  })

  test('has what the host refuses said by the labels of its fields', async () => {
    const { labelOf } = await inLanguage('en', useFieldLabels)
    const issues = trainConfiguration.safeParse({ dataset: 'd', steps: 2.5, learningRate: 0, model: { layers: 65 } })
    const said = withLabels(lines(issues.error!.issues.map(issuePhrase)), labelOf)
    expect(render(said).split('\n')).toEqual([
      'Blocks: Too big: expected number to be <=64',
      'How long: Invalid input: expected int, received number',
      'Learning rate: Too small: expected number to be >0',
    ])
  })

  test('holds nothing to lose until a person changes it: what is proposed and settings taken over are not', () => {
    const { form, take, propose, isChanged } = useTrainForm()
    propose({ dataset: 'd', device: 'cpu' })
    propose({ name: 'd-ce' })
    expect(isChanged.value).toBe(false)
    form.objective = 'dro-kl'
    propose({ name: 'd-dro-kl' })
    expect(isChanged.value).toBe(true)
    form.objective = 'ce'
    expect(isChanged.value).toBe(false)
    form.options = { ...form.options, batch: 8 }
    expect(isChanged.value).toBe(true)
    take(
      runConfiguration.parse({
        dataset: 'd',
        device: 'cpu',
        threads: 2,
        epochs: 3,
        learningRate: 0.004,
        batch: 8,
        seed: 1,
      }),
    )
    expect(isChanged.value).toBe(false)
    form.parameters.rho = 0.2
    expect(isChanged.value).toBe(true)
  })

  test('keeps what a person has chosen when something else is proposed, and follows proposals where nobody has', () => {
    const { form, propose } = useTrainForm()
    propose({ device: 'cpu', duration: 34 })
    expect(form).toMatchObject({ device: 'cpu', duration: 34 })
    form.device = 'webgpu'
    propose({ device: 'cuda', duration: 12 })
    expect(form).toMatchObject({ device: 'webgpu', duration: 12 })
  })

  test('takes over with the settings what else was asked for where nothing has come of it', () => {
    const { form, take, isChanged } = useTrainForm()
    take(trainConfiguration.parse({ dataset: 'd', steps: 9 }), { name: 'vain', evaluate: false })
    expect(form).toMatchObject({ dataset: 'd', name: 'vain', evaluate: false, unit: 'steps', duration: 9 })
    expect(isChanged.value).toBe(false)
  })

  test('has every option of the configuration that is not set elsewhere on the page', () => {
    const elsewhere = [
      'dataset',
      'name',
      'device',
      'epochs',
      'steps',
      'model.preset',
      'objective.name',
      'objective.parameters',
    ]
    const { model, objective, ...rest } = trainConfiguration.shape
    const paths = [
      ...Object.keys(rest),
      ...Object.keys(model.unwrap().shape).map((name) => `model.${name}`),
      ...Object.keys(objective.unwrap().shape).map((name) => `objective.${name}`),
    ].flatMap((path) => (path === 'betas' ? ['betas.0', 'betas.1'] : [path]))
    expect(Object.keys(standardOptions).sort()).toEqual(paths.filter((path) => !elsewhere.includes(path)).sort())
  })
})

describe('the form of a dataset', () => {
  test('holds nothing to lose until a person changes it: a suggested name, settings taken over and what was built are not', () => {
    const { form, isChanged, suggestName, take, keep } = useBuilderForm()
    suggestName('phones')
    expect(isChanged.value).toBe(false)
    form.minimumEvents = 10
    // A name that comes later takes nothing back.
    suggestName('phones-2')
    expect(isChanged.value).toBe(true)
    form.minimumEvents = 2
    expect(isChanged.value).toBe(false)

    take(datasetConfiguration.parse({ name: 'd', taxonomy: { a: 'b' }, split: { kind: 'leave-one-out' } }))
    expect(isChanged.value).toBe(false)
    form.taxonomy = { a: 'b', c: 'b' }
    expect(isChanged.value).toBe(true)
    keep()
    expect(isChanged.value).toBe(false)
  })
})

describe('the fields of a dataset', () => {
  test('that do not fit are named, and nothing else is changed for them', () => {
    const { form, configuration } = useBuilderForm()
    expect(unfitFields(form)).toEqual([])
    form.trainPercent = 95
    expect(unfitFields(form)).toEqual(['split'])
    expect(form.validPercent).toBe(10)
    expect(configuration.value).toBeUndefined()
    form.validPercent = 5
    // Nothing is left in spite of rounding, and what is left in spite of it is left.
    expect(unfitFields(form)).toEqual(['split'])
    Object.assign(form, { trainPercent: 80.1, validPercent: 19.9 })
    expect(unfitFields(form)).toEqual(['split'])
    Object.assign(form, { trainPercent: 80.1, validPercent: 19.8 })
    expect(unfitFields(form)).toEqual([])
    Object.assign(form, { trainPercent: null, validPercent: 100, minimumEvents: null, length: 1.5, seed: -1 })
    expect(unfitFields(form)).toEqual(['minimumEvents', 'length', 'seed', 'trainPercent', 'validPercent'])
    // The shares do not matter to the other split.
    form.split = 'leave-one-out'
    expect(unfitFields(form)).toEqual(['minimumEvents', 'length', 'seed'])
  })
})

describe.each([
  ['en', english],
  ['zh-CN', chinese],
])('the objectives in %s', (_language, { formula, parameter }) => {
  test.each(objectiveNames)('%s has a formula with everything that it takes, and says what that means', (name) => {
    const taken = Object.keys(objectiveParameters[name])
    for (const each of taken) expect(formula[name]).toContain(each)
    expect(formula[name]).toMatch(/^L = /m)
    expect(Object.keys((parameter as Record<string, object>)[name] ?? {}).sort()).toEqual(taken.sort())
  })
})

describe('names of datasets', () => {
  const dataset = (name: string) => ({ id: name, names: [name] }) as ListedDataset

  test('are versions where they end in a number; a free one is the next', () => {
    expect(freeName('phones', new Set())).toBe('phones')
    expect(freeName('phones', new Set(['phones', 'phones-2']))).toBe('phones-3')
    expect(freeName('phones v2', new Set(['phones v2']))).toBe('phones-3')
  })

  test('stand with the other versions, the newest first', () => {
    const grouped = groupVersions(['a', 'b', 'a-2', 'c'].map(dataset))
    expect(grouped.map(({ names, version, versions }) => [names[0], version, versions])).toEqual([
      ['c', 1, 1],
      ['a-2', 2, 2],
      ['a', 1, 2],
      ['b', 1, 1],
    ])
  })
})

describe('warnings about a dataset', () => {
  const counts = {
    events: 100_000,
    users: 1000,
    behaviours: 50,
    targets: { train: 79_000, valid: 10_000, test: 10_000 },
    unseenTargets: { valid: 0, test: 100 },
    foldedLocationEvents: 10,
    droppedUsers: 10,
  } as DatasetCounts
  const { length } = datasetConfiguration.parse({ name: 'd' })
  const names = (changes: Partial<DatasetCounts>, unusedRules: string[] = [], longest = length) =>
    warningsOf({ counts: { ...counts, ...changes }, unusedRules }, { length: longest }).map(({ name }) => name)

  test('are none where nothing is unusual', () => {
    expect(names({})).toEqual([])
  })

  test('name too few targets, unseen behaviours, what is lost, and what cannot be used', () => {
    expect(names({ targets: { train: 100, valid: 199, test: 0 } })).toEqual(['fewValid', 'fewTest', 'unseen'])
    expect(names({ droppedUsers: 900, foldedLocationEvents: 50_000 })).toEqual(['dropped', 'folded'])
    expect(names({ behaviours: 5000 }, ['x'], 512)).toEqual(['padding', 'vocabulary', 'rules'])
  })
})
