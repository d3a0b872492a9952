import { trainConfiguration } from '../../shared/configuration.ts'
import { hasAdversary } from '../../shared/objectives.ts'
import { atTerminal, type Phrase, phrase } from '../../shared/phrase.ts'
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
): Phrase[] {
  const { model, objective, weightDecay, decayEmbeddings, patience, evaluateEvery, threads } = configuration
  const validations = Math.ceil(totalSteps / (evaluateEvery ?? stepsPerEpoch))
  const found: [without: boolean, setting: Phrase, reason: Phrase][] = [
    [
      threads !== undefined && device !== 'cpu',
      phrase`number of threads`,
      phrase`it is the cpu's, and the run computes on ${device}`,
    ],
    [
      objective.updateEvery !== standard.objective.updateEvery && !hasAdversary(objective.name),
      phrase`number of steps between two answers of the adversary`,
      phrase`the objective ${objective.name} has none`,
    ],
    [
      hasAdversary(objective.name) && objective.updateEvery >= totalSteps,
      phrase`objective ${objective.name}`,
      phrase`its adversary answers after every ${objective.updateEvery} steps, and the run has ${totalSteps}, so it trains like ce: let it answer more often${atTerminal('--update-every')}`,
    ],
    [decayEmbeddings && weightDecay === 0, phrase`decay of the embeddings`, phrase`the weight decay is 0`],
    [
      model.locationDropout > 0 && dataset.locations.length === 1,
      phrase`location dropout`,
      phrase`the dataset has no locations`,
    ],
    [
      !model.locationHead && configuration.locationWeight !== standard.locationWeight,
      phrase`location weight`,
      phrase`the model has no location head${atTerminal('--location-head')}`,
    ],
    [
      !model.gapHead && configuration.gapWeight !== standard.gapWeight,
      phrase`gap weight`,
      phrase`the model has no gap head${atTerminal('--gap-head')}`,
    ],
    [
      patience > 0 && patience >= validations,
      phrase`patience`,
      validations === 1
        ? phrase`the run has 1 validation, and the first is the best so far`
        : phrase`the run has ${validations} validations, and the first is the best so far`,
    ],
  ]
  return found.flatMap(([without, setting, reason]) =>
    without ? [phrase`The ${setting} has no effect: ${reason}.`] : [],
  )
}
