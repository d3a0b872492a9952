import { describe, expect, test } from 'vitest'
import { everySettingOf } from '../../src/renderer/views/runs/differences.ts'
import { useSettingWords } from '../../src/renderer/views/runs/setting-words.ts'
import { runConfiguration } from '../../src/shared/configuration.ts'
import type { RunDescription } from '../../src/shared/runs.ts'
import { inLanguage } from './in-language.ts'

const run = {
  configuration: runConfiguration.parse({
    dataset: 'd1',
    name: 'dro',
    seed: 20261129,
    objective: { name: 'dro-kl' },
    epochs: 1500,
    learningRate: 0.003,
  }),
  dataset: { id: 'd1', name: 'phones', contentHash: 'abc' },
  device: 'cpu',
  threads: 2,
  // Sizes, and options that stand in the configuration as well.
  model: { behaviours: 60, locations: 9, slots: 48, length: 32, streamWidth: 16, layers: 2, heads: 2, habit: true },
  versions: { workbench: '0.1.0', node: '24.21.0', onnxruntime: '1.30.0', platform: 'linux-x64' },
  directory: '/runs/1',
} as unknown as RunDescription

async function shown(language: 'en' | 'zh-CN') {
  const groups = await inLanguage(language, () => useSettingWords().grouped(everySettingOf(run)))
  return {
    names: groups.map(({ name }) => name),
    settings: groups.flatMap(({ settings }) => settings),
    found: (path: string) => groups.flatMap(({ settings }) => settings).find((one) => one.path === path),
  }
}

describe('every setting of a run', () => {
  test('stands there once, under the words of the form that sets it, in groups', async () => {
    const { names, settings, found } = await shown('en')
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length)
    expect(settings.filter(({ name }) => name.includes('.')).map(({ name }) => name)).toEqual([])
    expect(names.slice(0, 3)).toEqual(['The run', 'Parameters of the objective', 'Model'])
    expect(found('model.targetTime')).toMatchObject({ name: 'Time of the target', value: 'no' })
    expect(found('model.habit')).toMatchObject({ name: 'Habit term', value: 'yes' })
    expect(found('objective.updateEvery')).toMatchObject({ name: 'Steps between answers', value: '10' })
    expect(found('objective.parameters.rho')).toMatchObject({ name: 'Parameter rho', value: '0.1' })
    expect(found('stepsPerCall')).toMatchObject({ name: 'Steps per call', value: 'automatic' })
    expect(found('betas.1')).toMatchObject({ name: 'Beta 2', value: '0.98' })
    expect(found('selectBy')).toMatchObject({ name: 'Best by', value: 'NLL' })
  })

  test('has its numbers as the reader writes them, but a seed with its digits alone', async () => {
    const { found } = await shown('en')
    expect(found('epochs')).toMatchObject({ name: 'Epochs', value: '1,500', raw: 1500 })
    expect(found('seed')!.value).toBe('20261129')
  })

  test('is in Chinese where the page is', async () => {
    const { settings, found } = await shown('zh-CN')
    expect(found('model.habit')!.value).toBe('是')
    const others = ['versions.workbench', 'versions.node', 'versions.onnxruntime', 'betas.0', 'betas.1']
    const untranslated = settings.filter(({ name, path }) => !/\p{sc=Han}/u.test(name) && !others.includes(path))
    expect(untranslated.map(({ path }) => path)).toEqual([])
  })
})
