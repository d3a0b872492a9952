import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { type ModelProto, ModelProtoSchema } from 'onnx-buf'
import * as ort from 'onnxruntime-node'
import { beforeEach, expect, test } from 'vitest'
import { createInference } from '../../src/main/engine/inference.ts'
import { Graph } from '../../src/main/graph/index.ts'
import { interpret } from '../../src/main/graph/interpreter.ts'
import { reshape } from '../../src/main/graph/operations/layout.ts'
import { behaveGpt, declareModelInputs } from '../../src/main/model/behavegpt.ts'
import { layoutParameters } from '../../src/main/model/parameters.ts'
import { mixtureLogits } from '../../src/main/model/window-mixture.ts'
import { exportModel } from '../../src/main/prediction/export.ts'
import { type ModelMetadata, modelMetadata } from '../../src/main/prediction/model-metadata.ts'
import { predictNext } from '../../src/main/prediction/predict.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { createTrainedRun, day, firstDay, minute, randomLog, type TrainedRun } from './trained-run.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'export-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

interface Event {
  behaviour: string
  location?: string
  time: number
}

/** Prepares inputs as the exported instructions say, from the metadata alone: none of the product's code. */
function prepare(metadata: ModelMetadata, users: Event[][]): Record<string, ort.Tensor> {
  const { behaviours, locations, taxonomy, ids, slotMinutes, maximumLength, habitDecays, gaps } = metadata
  const rows = users.map((events) => events.slice(-maximumLength))
  const batch = rows.length
  const length = Math.max(...rows.map((row) => row.length))
  const inputs = Object.fromEntries(
    ['behaviour', 'location', 'weekday', 'slot', ...(gaps === null ? [] : ['gapBefore'])].map((name) => [
      name,
      new Int32Array(batch * length),
    ]),
  )
  inputs.behaviour.fill(ids.padding)
  const decays = habitDecays ?? []
  const memories = new Float32Array(batch * decays.length * behaviours.length)
  const classOf = (name: string) => {
    const found = behaviours.indexOf(Object.hasOwn(taxonomy, name) ? taxonomy[name] : name)
    return found === -1 ? ids.unknownBehaviour : found
  }
  users.forEach((events, row) => {
    decays.forEach((decay, k) => {
      const memory = memories.subarray((row * decays.length + k) * behaviours.length).subarray(0, behaviours.length)
      for (const { behaviour } of events.slice(0, -maximumLength)) {
        for (let index = 0; index < memory.length; index++) memory[index] *= decay
        if (classOf(behaviour) !== ids.unknownBehaviour) memory[classOf(behaviour)]++
      }
    })
    rows[row].forEach(({ behaviour, location, time }, column) => {
      const date = new Date(time)
      const cell = row * length + column
      inputs.behaviour[cell] = classOf(behaviour)
      inputs.location[cell] = location
        ? Math.max(locations.indexOf(location), ids.unknownLocation)
        : ids.unknownLocation
      inputs.weekday[cell] = (date.getUTCDay() + 6) % 7
      if (gaps !== null) {
        const gap = column === 0 ? Number.POSITIVE_INFINITY : time - rows[row][column - 1].time
        inputs.gapBefore[cell] =
          column === 0 ? gaps.names.length : gaps.boundaries.filter((bound) => gap >= bound).length
      }
      inputs.slot[cell] = Math.floor((date.getUTCHours() * 60 + date.getUTCMinutes()) / slotMinutes)
    })
  })
  const feeds: Record<string, ort.Tensor> = {}
  for (const [name, data] of Object.entries(inputs)) feeds[name] = new ort.Tensor('int32', data, [batch, length])
  if (habitDecays !== null) {
    feeds.priorCounts = new ort.Tensor('float32', memories, [batch, decays.length, behaviours.length])
  }
  return feeds
}

async function exportAndOpen(trained: TrainedRun) {
  const output = path.join(folder, 'model.onnx')
  const result = await exportModel(trained.log.workspace, { run: 'run', output, license: 'CC-BY-4.0' }, silentContext)
  const bytes = readFileSync(output)
  const proto = fromBinary(ModelProtoSchema, bytes)
  const text = proto.metadataProps.find(({ key }) => key === 'behavegpt')!.value
  return { result, bytes, proto, metadata: modelMetadata.parse(JSON.parse(text)), output }
}

function operatorsOf(proto: ModelProto) {
  return proto.graph!.node.map(({ domain, opType }) => `${domain}:${opType}`)
}

function eventsOf(user: number): Event[] {
  return randomLog(30).filter((event) => event.user === `user-${user}`)
}

function largestDifference(found: ort.Tensor, expected: ArrayLike<number>): number {
  const data = found.data as Float32Array
  expect(data.length).toBe(expected.length)
  return data.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index])), 0)
}

test('the file has standard operators only, dynamic batch and length, and says who made it', async () => {
  using trained = await createTrainedRun()
  const { proto, metadata, result } = await exportAndOpen(trained)
  expect(proto.opsetImport.map(({ domain }) => domain)).toEqual([''])
  expect(operatorsOf(proto).filter((operator) => !operator.startsWith(':'))).toEqual([])
  const shapes = Object.fromEntries(
    [...proto.graph!.input, ...proto.graph!.output].map(({ name, type }) => {
      const tensor = type!.value
      const dimensions = tensor.case === 'tensorType' ? tensor.value.shape!.dim : []
      return [name, dimensions.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : value.value))]
    }),
  )
  expect(shapes).toEqual({
    behaviour: ['batch', 'length'],
    location: ['batch', 'length'],
    weekday: ['batch', 'length'],
    slot: ['batch', 'length'],
    priorCounts: ['batch', 3, 5],
    logits: ['batch', 'length', 5],
  })
  expect(metadata).toMatchObject({
    producer: { name: 'behavegpt-workbench' },
    license: 'CC-BY-4.0',
    simulated: true,
    run: { id: 'run-1', name: 'run', checkpoint: 'best', objective: 'ce' },
    ids: { unknownBehaviour: 5, padding: 6, unknownLocation: 0, monday: 0 },
    slotMinutes: 30,
    maximumLength: 16,
    habitDecays: [1, 0.95, 0.8],
    targetTime: false,
  })
  expect(metadata.behaviours).toEqual(trained.dataset.behaviours)
  expect(metadata.locations).toEqual(trained.dataset.locations)
  expect(result).toMatchObject({ parameters: trained.parameters.length, behaviours: 5 })
  expect(result.largestDifference).toBeLessThan(1e-4)
})

test("a bare session, fed from the metadata alone, gives predictNext's probabilities at any batch size and length", async () => {
  using trained = await createTrainedRun({ dataset: { taxonomy: { bus: 'transport' } } })
  const { bytes, metadata } = await exportAndOpen(trained)
  const session = await ort.InferenceSession.create(bytes)
  const strange = [
    { behaviour: 'skydiving', location: 'airfield', time: firstDay + 20 * day + 61 * minute },
    { behaviour: 'bus', time: firstDay + 27 * day + 1439 * minute },
  ]
  const histories = [...Array.from({ length: 9 }, (_, user) => eventsOf(user)), strange]
  expect(histories.some((events) => events.length > 16)).toBe(true)
  for (const group of [histories.slice(0, 1), histories.slice(9), histories.slice(2, 5), histories]) {
    const feeds = prepare(metadata, group)
    const { logits } = await session.run(feeds)
    const [, length, classes] = logits.dims
    for (const [row, events] of group.entries()) {
      const last = row * length + Math.min(events.length, metadata.maximumLength) - 1
      const exponentials = Array.from(logits.data.slice(last * classes, (last + 1) * classes) as Float32Array, Math.exp)
      const total = exponentials.reduce((sum, exponential) => sum + exponential)
      const history = events.map(({ behaviour, time, location }) => ({ behaviour, time, location }))
      const { predictions } = await predictNext(trained.log.workspace, { run: 'run', history, top: 5 }, silentContext)
      for (const { behaviour, probability } of predictions) {
        expect(exponentials[metadata.behaviours.indexOf(behaviour)] / total).toBeCloseTo(probability, 5)
      }
    }
  }
  await session.release()
})

test.each([
  ['with habit term', {}],
  ['without habit term', { habit: false }],
  ['with target time', { targetTime: true }],
  ['with transitions', { transitions: true }],
  ['with extra heads', { locationHead: true, gapHead: true }],
  ['with the location head alone', { locationHead: true, habit: false }],
])(
  "%s: every logit is the run's own inference's and the float64 interpretation's of the training graph's model",
  async (_, options) => {
    using trained = await createTrainedRun({ model: options })
    const { bytes, metadata, proto } = await exportAndOpen(trained)
    expect(operatorsOf(proto).filter((operator) => !operator.startsWith(':'))).toEqual([])
    expect(metadata.transitions).toBe(trained.model.transitions)
    const session = await ort.InferenceSession.create(bytes)
    const inference = await createInference(trained.model, trained.parameters, {
      device: 'cpu',
      transitions: trained.transitions,
    })
    for (const users of [[0], [1, 2, 3]]) {
      const feeds = prepare(metadata, users.map(eventsOf))
      const [size, length] = feeds.behaviour.dims
      if (metadata.targetTime) {
        feeds.targetWeekday = feeds.weekday
        feeds.targetSlot = feeds.slot
      }
      const { logits, ...extra } = await session.run(feeds)
      const data = (name: string) => feeds[name]?.data as Int32Array
      const own = await inference.headLogits({
        size,
        length,
        behaviour: data('behaviour'),
        location: data('location'),
        weekday: data('weekday'),
        slot: data('slot'),
        targetWeekday: data('targetWeekday'),
        targetSlot: data('targetSlot'),
        target: new Int32Array(size * length),
        counted: new Float32Array(size * length),
        priorCounts: feeds.priorCounts?.data as Float32Array,
        user: new Int32Array(size),
        event: new Int32Array(size * length),
        gapBefore: data('gapBefore'),
      })
      const expected = interpretModel(trained, feeds)
      expect(largestDifference(logits, own.behaviour)).toBeLessThan(1e-4)
      expect(largestDifference(logits, expected.logits.data)).toBeLessThan(1e-4)
      expect(Object.keys(extra)).toEqual([
        ...(trained.model.locationHead ? ['locationLogits'] : []),
        ...(trained.model.gapHead ? ['gapLogits'] : []),
      ])
      for (const [name, found] of Object.entries(extra)) {
        expect(largestDifference(found, (name === 'gapLogits' ? own.gap : own.location)!)).toBeLessThan(1e-4)
        expect(largestDifference(found, expected[name].data)).toBeLessThan(1e-4)
      }
    }
    await inference.dispose()
    await session.release()
  },
)

/** What the model's heads say in float64, without ONNX. */
function interpretModel({ model, parameters, transitions }: TrainedRun, feeds: Record<string, ort.Tensor>) {
  const graph = new Graph()
  const layout = layoutParameters(model)
  const inputs = declareModelInputs(graph, model, 'batch', 'length', transitions)
  const { behaviour, location, gap } = behaveGpt(
    model,
    (name) => {
      const { offset, size, shape } = layout.byName.get(name)!
      return graph.constant(parameters.subarray(offset, offset + size), shape)
    },
    inputs,
  )
  graph.output('logits', reshape(behaviour, ['batch', 'length', model.behaviours]))
  if (location !== undefined) graph.output('locationLogits', mixtureLogits(location))
  if (gap !== undefined) graph.output('gapLogits', mixtureLogits(gap))
  const fed = Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }])
  return interpret(graph, Object.fromEntries(fed))
}

test('thousands of behaviours fit into the metadata', async () => {
  const events = Array.from({ length: 6000 }, (_, index) => ({
    user: `user-${index % 50}`,
    time: firstDay + index * minute,
    behaviour: `behaviour "${index % 3000}" äöü`,
  }))
  using trained = await createTrainedRun({ events, model: { layers: 1 } })
  const { metadata, result } = await exportAndOpen(trained)
  expect(metadata.behaviours).toEqual(trained.dataset.behaviours)
  expect(result.behaviours).toBeGreaterThan(2000)
})

test('an existing file is replaced only when asked', async () => {
  using trained = await createTrainedRun()
  const output = path.join(folder, 'model.onnx')
  writeFileSync(output, 'precious')
  const attempt = (overwrite: boolean) =>
    exportModel(trained.log.workspace, { run: 'run', output, overwrite }, silentContext)
  await expect(attempt(false)).rejects.toMatchObject({ code: 'conflict' })
  expect(readFileSync(output, 'utf8')).toBe('precious')
  expect((await attempt(true)).bytes).toBe(readFileSync(output).length)
})

test('a cancelled export leaves nothing', async () => {
  using trained = await createTrainedRun()
  const controller = new AbortController()
  const context = { ...silentContext, signal: controller.signal, report: () => controller.abort() }
  const output = path.join(folder, 'model.onnx')
  await expect(exportModel(trained.log.workspace, { run: 'run', output }, context)).rejects.toMatchObject({
    code: 'cancelled',
  })
  expect(readdirSync(folder)).toEqual([])
})
