import type { DatasetRecord, Lineage } from '../../../shared/datasets.ts'
import { choicesOf, exclusionsOf } from '../../../shared/exclusions.ts'
import type { ReviewTaxonomy } from '../../../shared/taxonomy.ts'
import * as datasets from '../../procedures/datasets.ts'
import { count, counted, dateTime, facts, percent, printable, table } from '../format.ts'
import { parseReviewLabel, parseSplit } from '../parse.ts'
import { command } from '../specification.ts'
import { readTaxonomy } from '../taxonomy.ts'

type BuildResult = Awaited<ReturnType<typeof datasets.build.handler>>
type Shown = Awaited<ReturnType<typeof datasets.show.handler>>

export const datasetCommands = [
  command({
    name: 'dataset build',
    summary: 'turn imported logs into an immutable dataset: vocabulary, features, split',
    description:
      'The same configuration over the same events gives the same dataset, byte for byte: building it again repeats the work and finds the first one.',
    examples: [
      'dataset build --name phones',
      'dataset build --name phones --length 128 --split time:0.7,0.1,0.2 --min-events 5',
      'dataset build --name merged --taxonomy taxonomy.csv --split leave-one-out',
      'dataset build --name named --taxonomy-of-review names',
      'dataset build --name clean --exclude-flagged march --exclude-label march=bot',
    ],
    options: [
      { flags: '--name <name>', description: 'name of the dataset', path: 'name' },
      { flags: '--source <name...>', description: 'use only these sources', path: 'sources', standard: 'all' },
      { flags: '--from <time>', description: 'first local time, ISO-8601', path: 'from' },
      { flags: '--until <time>', description: 'local time to stop before, ISO-8601', path: 'until' },
      {
        flags: '--min-events <n>',
        description: 'leave out users with fewer events',
        path: 'minimumEvents',
      },
      {
        flags: '--min-location-events <n>',
        description: 'fold locations with fewer training events into "rare"',
        path: 'minimumLocationEvents',
      },
      {
        flags: '--taxonomy <file>',
        description: 'CSV of two columns, behaviour and new name: renames and merges behaviours',
        path: 'taxonomy',
        parse: readTaxonomy,
        standard: 'none',
      },
      {
        flags: '--taxonomy-of-review <review>',
        description:
          'instead of a file: the names that the labels of events of this review (name or id) say, as they are now; the dataset keeps them',
        path: 'taxonomyOfReview',
        standard: 'none',
      },
      {
        flags: '--exclude-flagged <review...>',
        description: 'leave out all events of sequences that were flagged in these reviews (names or ids)',
        path: 'excludeReviewed',
        parse: (project) => [{ project }],
        standard: 'none',
      },
      {
        flags: '--exclude-label <review=label...>',
        description:
          'leave out all events of sequences that have such a label of a review (name or id), and single events that have it',
        path: 'excludeReviewed',
        parse: parseReviewLabel,
        standard: 'none',
      },
      {
        flags: '--slot-minutes <n>',
        description: 'length of a time slot of the day; divides 1440',
        path: 'slotMinutes',
      },
      { flags: '--length <n>', description: 'longest history that the model sees, in events', path: 'length' },
      {
        flags: '--split <split>',
        description: 'time:TRAIN,VALID,TEST shares of the events in order of time, or leave-one-out',
        path: 'split',
        parse: parseSplit,
        standard: 'time:0.8,0.1,0.1',
      },
      {
        flags: '--seed <n>',
        description: 'seed of the runs on it, unless they name one; a build itself draws nothing at random',
        path: 'seed',
      },
    ],
    input: datasets.build.input,
    run: async (workbench, input, context) => {
      // What is left out of one review is one entry, as in a dataset that a page builds: the same configuration is the same dataset.
      const excludeReviewed = exclusionsOf(choicesOf(input.excludeReviewed))
      const document = await workbench.call(datasets.build, { ...input, excludeReviewed }, context)
      return { document, text: buildText(document) }
    },
  }),
  command({
    name: 'dataset list',
    summary: 'list the datasets',
    examples: ['dataset list'],
    input: datasets.list.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(datasets.list, input, context)
      return {
        document,
        text: document.length === 0 ? 'No datasets yet: behavegpt dataset build --name NAME' : listText(document),
      }
    },
  }),
  command({
    name: 'dataset show',
    summary: 'show what a dataset holds and how it was made',
    examples: ['dataset show phones', 'dataset show phones --verify'],
    arguments: [{ syntax: '<dataset>', description: 'id or name', path: 'dataset' }],
    options: [{ flags: '--verify', description: 'compare every file with its SHA-256', path: 'verify' }],
    input: datasets.show.input,
    run: async (workbench, input, context) => {
      const shown = await workbench.call(datasets.show, input, context)
      const { lineage } = await workbench.call(datasets.history, { dataset: shown.id }, context)
      return { document: { ...shown, lineage }, text: showText(shown, lineage) }
    },
  }),
  command({
    name: 'dataset remove',
    summary: 'remove a dataset with its files; the logs stay',
    description:
      'A dataset that runs were trained on is kept, unless they go with it. The same configuration over the same logs builds it again.',
    examples: ['dataset remove phones', 'dataset remove phones --with-runs'],
    arguments: [{ syntax: '<dataset>', description: 'id or name; all its names go', path: 'dataset' }],
    options: [
      { flags: '--with-runs', description: 'remove the runs that were trained on it as well', path: 'withRuns' },
    ],
    input: datasets.remove.input,
    run: async (workbench, input, context) => {
      const document = await workbench.call(datasets.remove, input, context)
      const runs = document.runs.map(({ id, name }) => `Removed run ${printable(name)} (${id}).`)
      return {
        document,
        text: [...runs, `Removed dataset ${printable(document.names.join(', '))} (${document.id}).`].join('\n'),
      }
    },
  }),
]

function buildText(result: BuildResult): string {
  const heading = result.existed
    ? `Dataset ${printable(result.name)} (${result.id}) was built before; nothing was written.`
    : `Built dataset ${printable(result.name)} (${result.id}).`
  const taxonomy = result.taxonomy === null ? undefined : reviewText(result.taxonomy)
  return [heading, countsText(result, taxonomy), `Next: behavegpt train --dataset ${result.id} --epochs 5`].join('\n')
}

/** Of which review, and what that rests on. */
function reviewText({ review, schemaVersion, rules, votes, decisions }: ReviewTaxonomy): string {
  return `${counted(rules.length, 'rule')} of the review ${printable(review.name)} (${review.id}), version ${schemaVersion} of its labels: ${counted(votes, 'vote')} in ${counted(decisions, 'accepted decision')}`
}

/** @param taxonomy in words, where there is one worth a line. */
function countsText({ counts, simulated }: Pick<BuildResult, 'counts' | 'simulated'>, taxonomy?: string): string {
  const { eventsBySplit, targets, unseenTargets } = counts
  const split = (part: 'train' | 'valid' | 'test') =>
    `${counted(eventsBySplit[part], 'event')} (${percent(eventsBySplit[part] / Math.max(1, counts.events))}), ${counted(targets[part], 'target')}`
  return facts([
    ['events', `${count(counts.events)} of ${counted(counts.users, 'user')}`],
    ['behaviours', `${count(counts.behaviours)} seen in training, ${count(counts.unseenBehaviours)} never`],
    ['locations', `${count(counts.locations)}, after folding ${counted(counts.foldedLocations, 'rare one')}`],
    ['train', split('train')],
    ['valid', `${split('valid')}, ${count(unseenTargets.valid)} of unseen behaviours`],
    ['test', `${split('test')}, ${count(unseenTargets.test)} of unseen behaviours`],
    [
      'left out',
      `${counted(counts.droppedUsers, 'user')} with too few events (${counted(counts.droppedEvents, 'event')})`,
    ],
    ...(counts.duplicates === 0
      ? []
      : [['repeats', `left out ${counted(counts.duplicates, 'event')} that another source holds too`] as const]),
    ...(counts.excludedEvents === undefined
      ? []
      : [['reviews', `left out ${counted(counts.excludedEvents, 'event')}`] as const]),
    ...(taxonomy === undefined ? [] : [['taxonomy', taxonomy] as const]),
    ...(simulated ? [['data', 'simulated'] as const] : []),
  ])
}

function listText(records: readonly DatasetRecord[]): string {
  return table(
    [
      { title: 'id' },
      { title: 'names' },
      { title: 'events', align: 'right' },
      { title: 'users', align: 'right' },
      { title: 'behaviours', align: 'right' },
      { title: 'built (UTC)' },
      { title: '' },
    ],
    records.map(({ id, names, counts, createdAt, simulated }) => [
      id,
      printable(names.join(', ')),
      count(Number(counts.events)),
      count(Number(counts.users)),
      count(Number(counts.behaviours)),
      dateTime(createdAt),
      simulated ? 'simulated' : '',
    ]),
  )
}

function taxonomyText({ configuration }: Shown, origin: Lineage['taxonomy']): string | undefined {
  if (origin !== null) return `${reviewText(origin)}, read ${dateTime(origin.readAt)} (UTC)`
  const rules = Object.keys(configuration.taxonomy).length
  return rules === 0 ? undefined : counted(rules, 'rule')
}

/** What reviews leave out, by their names or ids as they were given. */
function exclusionFacts(exclusions: Shown['configuration']['excludeReviewed']): [string, string][] {
  const choices = choicesOf(exclusions).map(({ project, label }) =>
    printable(`${project}: ${label ?? 'flagged sequences'}`),
  )
  return choices.length === 0 ? [] : [['left out by reviews', choices.join(', ')]]
}

function showText(shown: Shown, { taxonomy }: Lineage): string {
  const { configuration } = shown
  const split =
    configuration.split.kind === 'time'
      ? `time:${configuration.split.train},${configuration.split.valid},${configuration.split.test}`
      : configuration.split.kind
  return [
    facts([
      ['dataset', `${printable(shown.name)} (${shown.id})`],
      ['content', shown.contentHash],
      ['folder', shown.directory],
      ['split', split],
      ['length', counted(configuration.length, 'event')],
      ['slot', counted(configuration.slotMinutes, 'minute')],
      ...exclusionFacts(configuration.excludeReviewed),
    ]),
    countsText(shown, taxonomyText(shown, taxonomy)),
  ].join('\n')
}
