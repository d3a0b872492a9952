import { describe, expect, test } from 'vitest'
import { settingsWithoutEffect } from '../../src/main/training/without-effect.ts'
import { type Device, runConfiguration, type TrainConfigurationInput } from '../../src/shared/configuration.ts'
import { render } from '../../src/shared/phrase.ts'

/** What is said about a run of 100 steps, 20 of them an epoch, on a dataset with places. */
function said(
  changes: Partial<TrainConfigurationInput>,
  { device = 'cpu', locations = ['', 'home'] }: { device?: Device; locations?: string[] } = {},
) {
  const configuration = runConfiguration.parse({ dataset: 'd', steps: 100, seed: 1, ...changes })
  return settingsWithoutEffect({ configuration, device, totalSteps: 100, stepsPerEpoch: 20 }, { locations }).map(
    (sentence) => render(sentence),
  )
}

describe('settings without effect', () => {
  test('nothing is said about defaults, nor about settings that have an effect', () => {
    expect(said({})).toEqual([])
    expect(
      said({
        threads: 1,
        objective: { name: 'dro-kl', updateEvery: 5 },
        decayEmbeddings: true,
        model: { locationDropout: 0.1 },
        patience: 4,
      }),
    ).toEqual([])
  })

  test.each<[string, string[]]>([
    ['number of threads', said({ threads: 2 }, { device: 'webgpu' })],
    ['answers of the adversary', said({ objective: { name: 'focal', updateEvery: 5 } })],
    ['objective dro-kl', said({ objective: { name: 'dro-kl', updateEvery: 100 } })],
    ['decay of the embeddings', said({ decayEmbeddings: true, weightDecay: 0 })],
    ['location dropout', said({ model: { locationDropout: 0.1 } }, { locations: [''] })],
    ['patience', said({ patience: 5 })],
    ['patience', said({ patience: 1, evaluateEvery: 200 })],
  ])('%s', (setting, sentences) => {
    expect(sentences).toEqual([expect.stringMatching(new RegExp(`${setting} has no effect: .*\\.$`))])
  })
})
