import { z } from 'zod'
import { refusal } from './issues.ts'
import type { GroupName } from './long-tail.ts'
import { type Phrase, phrase } from './phrase.ts'

/**
 * Review: people read sequences of the log and label them. A project has a queue of sequences, a schema of labels, and reviewers who are
 * only names. What a reviewer decided of a sequence follows from the reviewer's log of actions by `decide`, a pure function that page and
 * workbench share.
 */

/** In which order sequences come: at random, with most events of rare behaviours first, where the model is least certain, where it is most wrong. */
export const queueStrategies = ['random', 'tail-first', 'uncertain', 'disagrees'] as const
export type QueueStrategy = (typeof queueStrategies)[number]
/** Strategies that ask a model, and so need a run. */
export const modelStrategies: readonly QueueStrategy[] = ['uncertain', 'disagrees']

/** What a label is put on: a whole sequence, one event, or a stretch of events. */
export const labelScopes = ['sequence', 'event', 'span'] as const
export type LabelScope = (typeof labelScopes)[number]

/** The scopes as messages say them. */
export const scopeWords: Record<LabelScope, Phrase> = {
  sequence: phrase`whole sequences`,
  event: phrase`single events`,
  span: phrase`spans of events`,
}

export const longestSequence = 512
export const mostSequences = 5000
export const mostCandidates = 50_000
const reviewerName = z.string().trim().min(1).max(100)

const labelFields = {
  name: z.string().trim().min(1).max(200),
  scope: z.enum(labelScopes),
  /** The key that puts it on: one character of the keyboard; letters are written large, but Shift is not needed. */
  key: z
    .string()
    .regex(/^[!-~]$/, refusal(phrase`must be one letter, digit or sign`))
    .toUpperCase(),
  colour: z.string().regex(/^#[0-9a-f]{6}$/, refusal(phrase`must be a colour such as #b3261e`)),
  description: z.string().max(2000).default(''),
  /** For labels of events: says that the event is really this other behaviour. Such labels make a taxonomy. */
  behaviour: z.string().min(1).nullable().default(null),
}

/** A label as the analyst writes it; `id` is absent in a new one. */
export const labelDraft = z.strictObject({ id: z.int().min(1).optional(), ...labelFields })
export type LabelDraft = z.infer<typeof labelDraft>

/** A label of a project's schema. One that was taken out of the schema is `retired`: what was labelled with it stays. */
export interface ReviewLabel extends Omit<LabelDraft, 'id'> {
  id: number
  retired: boolean
}

export const labelDrafts = z
  .array(labelDraft)
  .max(60)
  .superRefine((labels, context) => {
    const seen = { name: new Set<string>(), key: new Set<string>() }
    for (const [index, label] of labels.entries()) {
      for (const field of ['name', 'key'] as const) {
        if (seen[field].has(label[field])) {
          context.addIssue({
            code: 'custom',
            ...refusal(phrase`two labels have "${label[field]}"`),
            path: [index, field],
          })
        }
        seen[field].add(label[field])
      }
      if (label.behaviour !== null && label.scope !== 'event') {
        context.addIssue({
          code: 'custom',
          ...refusal(phrase`only a label of events can name a behaviour`),
          path: [index, 'behaviour'],
        })
      }
    }
  })

export const reviewOptions = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    /** Dataset id or name: its events before folding, with its filters. Exactly one of `dataset` and `source`. */
    dataset: z.string().min(1).optional(),
    /** Source id or name. */
    source: z.string().min(1).optional(),
    /** Run id or name that gives surprise, rank and uncertainty per event. */
    run: z.string().min(1).optional(),
    checkpoint: z.enum(['best', 'last']).default('best'),
    strategy: z.enum(queueStrategies).default('random'),
    seed: z.int().min(0).default(1),
    /** Events per sequence; a user's last sequence may be shorter. */
    length: z.int().min(2).max(longestSequence).default(24),
    /** Sequences of the queue. */
    count: z.int().min(1).max(mostSequences).default(100),
    /** For strategies that ask the model: it reads this many sequences, drawn at random with the seed, and the queue is chosen among them. */
    candidates: z.int().min(1).max(mostCandidates).default(2000),
    reviewers: z.array(reviewerName).max(50).default([]),
    labels: labelDrafts.default([]),
  })
  .refine(({ dataset, source }) => (dataset === undefined) !== (source === undefined), {
    ...refusal(phrase`give exactly one of a dataset and a source`),
    path: ['dataset'],
  })
  .refine(({ strategy, run }) => run !== undefined || !modelStrategies.includes(strategy), {
    ...refusal(phrase`this strategy asks a model: choose a run`),
    path: ['run'],
  })
export type ReviewOptions = z.infer<typeof reviewOptions>
export type ReviewOptionsInput = z.input<typeof reviewOptions>

/** One event of a sequence as the log has it, and what the model says of it; null where there is no run or no prediction. */
export interface ReviewEvent {
  /** Milliseconds since 1970 of local wall-clock time, read as UTC. */
  time: number
  /** Milliseconds since 1970, UTC. */
  instant: number
  behaviour: string
  /** Empty where none is given. */
  location: string
  group: GroupName
  /** -log p of the behaviour in nats; null also for a behaviour that the model never saw. */
  surprise: number | null
  /** Rank of the behaviour, 1 is the most probable; ties count against it. */
  rank: number | null
  /** Entropy of the prediction in nats. */
  entropy: number | null
}

/** Figures of a sequence: what the strategies order by, and why it was chosen. */
export interface ReviewReason {
  strategy: QueueStrategy
  /** Events whose behaviour is in the tail. */
  tailEvents: number
  /** Mean entropy of the predictions in nats; null without a run. */
  meanEntropy: number | null
  meanSurprise: number | null
  /** The event that the model ranked worst, of how many behaviours; null without a run. */
  worst: { event: number; rank: number; behaviours: number } | null
}

export interface ReviewSequence {
  /** Place in the queue, from 0. */
  position: number
  user: string
  events: ReviewEvent[]
  /** When the user did something before the first event and after the last one (local milliseconds); null at the ends of the log. */
  previousTime: number | null
  nextTime: number | null
  reason: ReviewReason
}

/** A label put on events `from` to `until` (both included). */
export const placedLabel = z.strictObject({
  label: z.int().min(1),
  from: z.int().min(0),
  until: z.int().min(0),
})
export type PlacedLabel = z.infer<typeof placedLabel>

/** `pending`: not done yet; `skipped`: done without a judgement, which agreement and exports leave out. */
export const decisionStates = ['pending', 'accepted', 'skipped'] as const

/** What one reviewer says of one sequence. */
export interface Decision {
  state: (typeof decisionStates)[number]
  flagged: boolean
  note: string
  /** In the order of `from`, `until`, `label`; each at most once. */
  labels: PlacedLabel[]
  /** Time spent reading, all visits together. */
  seconds: number
}

export const undecided: Decision = { state: 'pending', flagged: false, note: '', labels: [], seconds: 0 }

/** What one key does is one action and one undo, also where it labels many events. */
const placedLabels = z.array(placedLabel).min(1).max(longestSequence)
const seconds = z.number().min(0).max(86_400).default(0)

/** Everything that a reviewer can do to a sequence. */
export const reviewAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add-labels'), labels: placedLabels }),
  z.strictObject({ kind: z.literal('remove-labels'), labels: placedLabels }),
  z.strictObject({ kind: z.literal('flag'), flagged: z.boolean() }),
  z.strictObject({ kind: z.literal('note'), note: z.string().max(10_000) }),
  z.strictObject({ kind: z.literal('accept'), seconds }),
  z.strictObject({ kind: z.literal('skip'), seconds }),
  /** Of an adjudicator: takes over what a reviewer said. */
  z.strictObject({ kind: z.literal('adopt'), labels: z.array(placedLabel).max(5000), flagged: z.boolean() }),
])
export type ReviewAction = z.infer<typeof reviewAction>
export type ReviewActionInput = z.input<typeof reviewAction>

const same = (a: PlacedLabel, b: PlacedLabel) => a.label === b.label && a.from === b.from && a.until === b.until

function inOrder(labels: readonly PlacedLabel[]): PlacedLabel[] {
  const sorted = labels
    .map(({ label, from, until }) => ({ label, from, until }))
    .sort((a, b) => a.from - b.from || a.until - b.until || a.label - b.label)
  return sorted.filter((placed, index) => index === 0 || !same(placed, sorted[index - 1]))
}

/** The decision after an action. Doing the same twice changes nothing more. */
export function decide(before: Decision, action: ReviewAction): Decision {
  switch (action.kind) {
    case 'add-labels':
      return { ...before, labels: inOrder([...before.labels, ...action.labels]) }
    case 'remove-labels':
      return {
        ...before,
        labels: before.labels.filter((placed) => !action.labels.some((removed) => same(placed, removed))),
      }
    case 'flag':
      return { ...before, flagged: action.flagged }
    case 'note':
      return { ...before, note: action.note }
    case 'adopt':
      return { ...before, labels: inOrder(action.labels), flagged: action.flagged }
    case 'accept':
      return { ...before, state: 'accepted', seconds: before.seconds + action.seconds }
    case 'skip':
      return { ...before, state: 'skipped', seconds: before.seconds + action.seconds }
  }
}

/** A `reviewer` sees nobody else's labels; an `adjudicator` sees all and decides where reviewers disagree. */
export const reviewerRoles = ['reviewer', 'adjudicator'] as const
export type ReviewerRole = (typeof reviewerRoles)[number]

/** Where a reviewer stands: `version` counts everything ever done, and each action names the version that it was made on. */
export interface ReviewerState {
  name: string
  role: ReviewerRole
  version: number
  /** Where the reviewer worked last. */
  position: number
  canUndo: boolean
  canRedo: boolean
}

/** What an action, an undo or a redo left behind: the sequence it was about, its decision now, and the version of the labels there are to choose from. */
export interface ActionOutcome {
  /** What was done, taken back or brought back. */
  action: ReviewAction
  state: ReviewerState
  position: number
  decision: Decision
  schemaVersion: number
}

export interface ReviewerProgress {
  name: string
  role: ReviewerRole
  /** Sequences that this person decides: the queue, or the disagreements. */
  total: number
  accepted: number
  skipped: number
  flagged: number
  left: number
  /** Mean time of those that are done; null before the first. */
  secondsPerSequence: number | null
}

/** Where a project's sequences come from; names as they were when it was made. */
export interface ReviewOrigin {
  dataset: { id: string; name: string } | null
  source: { id: number; name: string } | null
  run: { id: string; name: string } | null
  /** Sequences of the dataset or source, and those among which the queue was chosen. */
  sequences: number
  candidates: number
}

export interface ReviewProject {
  id: number
  name: string
  strategy: QueueStrategy
  seed: number
  /** Events per sequence, and sequences in the queue. */
  length: number
  count: number
  origin: ReviewOrigin
  simulated: boolean
  /** Changes with every change of the labels. */
  schemaVersion: number
  labels: ReviewLabel[]
  /** Ids of the retired labels that sequences still carry. */
  retiredInUse: number[]
  reviewers: ReviewerProgress[]
  /** Sequences on which reviewers disagree, and those of them that nobody has adjudicated. */
  disagreements: number
  unresolved: number
  /** ISO-8601, UTC. */
  createdAt: string
}

/** One sequence with what the asking person may see. */
export interface ReviewItem {
  sequence: ReviewSequence
  decision: Decision
  /** What the reviewers said, for an adjudicator; empty for a reviewer. */
  others: { reviewer: string; decision: Decision }[]
}

/** One line of a person's queue. */
export interface QueueEntry {
  position: number
  state: Decision['state']
  flagged: boolean
}

/** So many of the sequences that are left out for a label are named. */
export const namedPositions = 10

/** Cohen's kappa of two reviewers on one label. */
export interface LabelAgreement {
  /** Null for the flag. */
  label: number | null
  /** What is counted: sequences, or events for labels of events and spans. */
  units: number
  /** Sequences that both accepted, but not both of them while the label was in the schema: they are not counted. */
  leftOut: number
  /** Positions of the first of them, at most `namedPositions`. */
  leftOutFirst: number[]
  /** Units with the label: both, only the first reviewer, only the second, neither. */
  both: number
  onlyFirst: number
  onlySecond: number
  neither: number
  /** Share of the units on which they agree; null without units. */
  agreement: number | null
  /** Null where it is not defined: without units, or where both always say the same one thing. */
  kappa: number | null
}

export interface PairAgreement {
  first: string
  second: string
  /** Sequences that both accepted. */
  sequences: number
  labels: LabelAgreement[]
}

export interface Disagreement {
  position: number
  /** Who said what, reviewers by name. */
  reviewers: string[]
  /** Labels and the flag (null) on which they differ. */
  labels: (number | null)[]
  adjudicator: string | null
}

export interface ReviewAgreement {
  pairs: PairAgreement[]
  disagreements: Disagreement[]
}

/** What says how a sequence of a project was decided in the end: the adjudication where there is one, else every reviewer who accepted it. */
export function countingDecisions<Given extends { role: ReviewerRole; decision: Decision }>(
  given: readonly Given[],
): Given[] {
  const accepted = given.filter(({ decision }) => decision.state === 'accepted')
  const adjudicated = accepted.filter(({ role }) => role === 'adjudicator')
  return adjudicated.length > 0 ? adjudicated : accepted
}
