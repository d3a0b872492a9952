import { trainConfiguration } from '../../shared/configuration.ts'
import { hasAdversary } from '../../shared/objectives.ts'
import type { Dataset } from '../dataset/types.ts'
import type { RunDocument } from './run-directory.ts'

const standard = trainConfiguration.parse({ dataset: 'any' })

/** One sentence for each setting of a run that was given and changes nothing. */
export function settingsWithoutEffect(
  {
    configuration,
    device,
    totalSteps,
    stepsPerEpoch,
  }: Pick<RunDocument, 'configuration' | 'device' | 'totalSteps' | 'stepsPerEpoch'>,
  dataset: Pick<Dataset, 'locations'>,
): string[] {
  const { model, objective, weightDecay, decayEmbeddings, patience, evaluateEvery, threads } = configuration
  const validations = Math.ceil(totalSteps / (evaluateEvery ?? stepsPerEpoch))
  const found: [without: boolean, setting: string, reason: string][] = [
    [
      threads !== undefined && device !== 'cpu',
      'number of threads',
      `it is the cpu's, and the run computes on ${device}`,
    ],
    [
      objective.updateEvery !== standard.objective.updateEvery && !hasAdversary(objective.name),
      'number of steps between two answers of the adversary',
      `the objective ${objective.name} has none`,
    ],
    [
      hasAdversary(objective.name) && objective.updateEvery >= totalSteps,
      `objective ${objective.name}`,
      `its adversary answers after every ${objective.updateEvery} steps, and the run has ${totalSteps}, so it trains like ce (--update-every asks more often)`,
    ],
    [
      !model.locationHead && configuration.locationWeight !== standard.locationWeight,
      'location weight',
      'the model has no location head (--location-head)',
    ],
    [
      !model.gapHead && configuration.gapWeight !== standard.gapWeight,
      'gap weight',
      'the model has no gap head (--gap-head)',
    ],
    [decayEmbeddings && weightDecay === 0, 'decay of the embeddings', 'the weight decay is 0'],
    [model.locationDropout > 0 && dataset.locations.length === 1, 'location dropout', 'the dataset has no locations'],
    [
      patience > 0 && patience >= validations,
      'patience',
      `the run has ${validations} ${validations === 1 ? 'validation' : 'validations'}, and the first is the best so far`,
    ],
  ]
  return found.flatMap(([without, setting, reason]) => (without ? [`The ${setting} has no effect: ${reason}.`] : []))
}
