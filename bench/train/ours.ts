import { randomBatch } from '../../src/main/engine/probe.ts'
import { median } from '../median.ts'
import { type Case, createStep, learningRate, modelOf } from './case.ts'

/** Process of one measurement of our side: arguments are the case as JSON, threads, seconds, steps per call; prints one JSON document. */
const item = JSON.parse(process.argv[2]) as Case
const threads = Number(process.argv[3])
const seconds = Number(process.argv[4])
const stepsPerCall = Number(process.argv[5] ?? 1)
const training = await createStep(item, threads, stepsPerCall, process.argv[6])
const batch = randomBatch(modelOf(item), item.batch, item.length)
let step = 0
const inputs = () => ({ batches: [{ batch, weights: batch.counted }], step: ++step, learningRate })
const once = () => training.steps(Array.from({ length: stepsPerCall }, inputs))
for (let warmUp = 0; warmUp < 3; warmUp++) await once()
const before = process.cpuUsage()
const start = performance.now()
const calls: number[] = []
while (performance.now() - start < 1000 * seconds) {
  const called = performance.now()
  await once()
  calls.push((performance.now() - called) / 1000)
}
const { user, system } = process.cpuUsage(before)
await training.dispose()
const steps = calls.length * stepsPerCall
console.log(JSON.stringify({ wall: median(calls) / stepsPerCall, cpu: (user + system) / 1e6 / steps, steps }))
