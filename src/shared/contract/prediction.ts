import {
  exportOptions,
  type FirstBehaviour,
  historyOptions,
  type Inspection,
  inspectedRun,
  inspectOptions,
  type KnownName,
  knownNamesOptions,
  type ModelFacts,
  type PredictionResult,
  predictOptions,
  type ReadSequence,
  readSequenceOptions,
  type ScoredUser,
  type ScoringSummary,
  scoreOptions,
  storedScoresOptions,
  type UserHistory,
} from '../prediction.ts'
import { job, request } from './leaf.ts'

export const prediction = {
  predict: request<PredictionResult>()(predictOptions),
  score: job(scoreOptions),
  exportModel: job(exportOptions),

  // The run stays open in a process of its own between these, so that all but the first are answered at once.
  describe: request<ModelFacts>()(inspectedRun),
  /** Names that the run knows, those that begin with the search first. */
  names: request<KnownName[]>()(knownNamesOptions),
  history: request<UserHistory>()(historyOptions),
  /** The same with -log p of each event, given all before it. */
  surprise: request<UserHistory>()(historyOptions),
  /** What follows a sequence, what the model attends to, and what changed against another sequence. */
  inspect: request<Inspection>()(inspectOptions),
  readSequence: request<ReadSequence>()(readSequenceOptions),

  /** What the run's last batch scoring stored; null when there is none. */
  scoring: request<ScoringSummary | null>()(inspectedRun.pick({ run: true })),
  /** Some of its users. */
  scores: request<ScoredUser[]>()(storedScoresOptions),
  /** What is most probable of its users, with how many of them. */
  firstBehaviours: request<FirstBehaviour[]>()(inspectedRun.pick({ run: true })),
}
