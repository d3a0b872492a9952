import path from 'node:path'
import { z } from 'zod'
import { importOptions, presetNames, type TrainConfigurationInput } from '../../shared/configuration.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import type { ComparisonResult } from '../../shared/evaluation.ts'
import type { Source } from '../../shared/logs.ts'
import { verbatim } from '../../shared/phrase.ts'
import type { JobContext } from '../../shared/progress.ts'
import { mostEpochs, shortBatch } from '../../shared/training-length.ts'
import { programFolder } from '../launch/program.ts'
import * as datasets from '../procedures/datasets.ts'
import * as logs from '../procedures/logs.ts'
import * as prediction from '../procedures/prediction.ts'
import * as runs from '../procedures/runs.ts'
import type { Workbench } from '../workbench.ts'
import { Flow, type Stage } from './flow.ts'
import { defaultWorkspace } from './program.ts'

const { mapping, format, timeFormat, timeZone, maximumRejects } = importOptions.shape

export const quickstartInput = z.strictObject({
  file: z.string().min(1).optional(),
  mapping,
  format,
  timeFormat,
  timeZone,
  maximumRejects,
  minutes: z.number().min(0.2).max(600).default(4),
  preset: z.enum(presetNames).default('nano'),
  rho: z.number().positive().default(0.1),
  seed: z.int().min(0).default(1),
})
type QuickstartInput = z.output<typeof quickstartInput>

/** What a quickstart made, and where it is. */
export interface QuickstartResult {
  workspace: string
  simulated: boolean
  source: { id: number; name: string; events: number; rejected: number }
  dataset: { id: string; name: string }
  /** The reference is `ce`, the other `dro-kl`. */
  comparison: ComparisonResult
  epochs: number
  report: string
  model: string
  seconds: number
  /** Commands that go on from here. */
  next: { purpose: string; command: string }[]
}

/** Seconds that were measured for 100,000 events on two cores; what matters is what they leave for training. */
const stages = {
  import: { title: 'importing', seconds: 5 },
  dataset: { title: 'building the dataset', seconds: 3 },
  measure: { title: 'measuring the training rate', seconds: 8 },
  ce: { title: 'training with ce', seconds: 75 },
  dro: { title: 'training with dro-kl', seconds: 75 },
  compare: { title: 'evaluating and comparing', seconds: 25 },
  report: { title: 'writing the report', seconds: 12 },
  export: { title: 'exporting the model', seconds: 6 },
} satisfies Record<string, Stage>

/** Validations, checkpoints and starts take this share of the time that steps alone would. */
const overhead = 1.25

/** From a log to a report; see commands/quickstart.ts. */
export async function quickstart(
  workbench: Workbench,
  input: QuickstartInput,
  context: JobContext,
): Promise<QuickstartResult> {
  const flow = new Flow(Object.values(stages), context)
  const source = await importLog(workbench, input, flow.enter(stages.import))
  const dataset = await workbench.call(
    datasets.build,
    { name: `quickstart-${source.name}`, sources: [source.name], length: 32, seed: input.seed },
    flow.enter(stages.dataset),
  )
  const training = configure(dataset.id, input)
  const rate = await workbench.call(
    runs.measure,
    { configuration: { ...training, epochs: 1 }, seconds: 4 },
    flow.enter(stages.measure),
  )
  const secondsPerRun = (input.minutes * 60 - flow.elapsed - flow.remaining(stages.ce, stages.dro)) / 2
  const fitting = Math.floor((secondsPerRun * rate.stepsPerSecond) / overhead / rate.stepsPerEpoch)
  const epochs = Math.max(1, Math.min(mostEpochs, fitting))
  stages.ce.seconds = stages.dro.seconds = (epochs * rate.stepsPerEpoch * overhead) / rate.stepsPerSecond
  const ce = await workbench.call(runs.train, { ...training, epochs }, flow.enter(stages.ce))
  const dro = await workbench.call(
    runs.train,
    { ...training, epochs, objective: { name: 'dro-kl', parameters: { rho: input.rho } } },
    flow.enter(stages.dro),
  )
  const compared = { runs: [ce.run, dro.run], device: 'cpu' as const, seed: input.seed }
  const comparison = await workbench.call(runs.compare, compared, flow.enter(stages.compare))
  const report = await workbench.call(
    runs.report,
    { ...compared, directory: path.join(workbench.directory, 'reports', `${ce.name}-${dro.name}`) },
    flow.enter(stages.report),
  )
  const model = await workbench.call(
    prediction.exportModel,
    { run: dro.run, output: path.join(workbench.directory, `${dro.name}.onnx`), overwrite: true },
    flow.enter(stages.export),
  )
  return {
    workspace: workbench.directory,
    simulated: source.simulated,
    source: { id: source.id, name: source.name, events: source.events, rejected: source.rejected },
    dataset: { id: dataset.id, name: dataset.name },
    comparison,
    epochs,
    report: report.page,
    model: model.output,
    seconds: flow.elapsed,
    next: nextSteps(workbench, source, ce.name, dro.name),
  }
}

/** Imports the file or a simulated log; one that is there from an earlier quickstart is used again. */
async function importLog(workbench: Workbench, input: QuickstartInput, context: JobContext): Promise<Source> {
  const { file, mapping, format, timeFormat, timeZone, maximumRejects, seed } = input
  try {
    if (file === undefined) return await workbench.call(logs.simulate, { source: 'simulated', seed }, context)
    const options = { files: [file], mapping, format, timeFormat, timeZone, maximumRejects }
    return await workbench.call(logs.importLog, options, context)
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'conflict') throw error
    const sources = await workbench.call(logs.listSources, {}, context)
    const earlier = sources.find((source) =>
      file === undefined
        ? source.name === 'simulated' && source.simulated
        : source.files.some((each) => path.resolve(each.path) === path.resolve(file)),
    )
    if (earlier === undefined) throw error
    context.warn(verbatim(`Source ${earlier.name} is in the workspace already and is used as it is.`))
    return earlier
  }
}

/** Strong regularisation: a log of this size is soon learnt by heart. */
function configure(dataset: string, { preset, seed }: QuickstartInput): TrainConfigurationInput {
  return {
    dataset,
    model: { preset, dropout: 0.2, embeddingDropout: 0.1, locationDropout: 0.2 },
    device: 'cpu',
    batch: shortBatch,
    learningRate: 3e-3,
    seed,
  }
}

function nextSteps(workbench: Workbench, source: Source, ce: string, dro: string) {
  const folder = shortest(workbench.directory)
  const where = folder === defaultWorkspace() ? '' : ` --workspace ${quote(folder)}`
  const behavegpt = (line: string) => `${quote(shortest(program))} ${line}${where}`
  return [
    { purpose: 'what a user does next', command: behavegpt(`predict --run ${quote(dro)} --user USER`) },
    { purpose: 'all figures of a run', command: behavegpt(`evaluate --run ${quote(dro)}`) },
    { purpose: 'the log and its long tail', command: behavegpt(`logs ${quote(source.name)}`) },
    {
      purpose: 'a longer training',
      command: behavegpt(`train --dataset ${quote(`quickstart-${source.name}`)} --preset tiny --epochs 20`),
    },
    { purpose: 'compare any runs', command: behavegpt(`compare ${quote(ce)} ${quote(dro)}`) },
    ...(source.simulated ? [{ purpose: 'the same on your own log', command: 'npm run quickstart -- FILE' }] : []),
  ]
}

const program = path.join(programFolder, 'bin/behavegpt')

/** A path as it is soonest typed from here. */
function shortest(target: string): string {
  const relative = path.relative('', target) || '.'
  return relative.length < target.length ? relative : target
}

/** A word as a shell reads it. */
const quote = (word: string) => (/^[\w./@:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
