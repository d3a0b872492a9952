import { describe, expect, it } from 'vitest'
import { CorrectionReservoir, fitPriorCorrection, wantedShares } from '../../src/main/evaluation/prior-correction.ts'
import { uniformGenerator } from '../../src/main/model/random.ts'
import { softmax } from './arbitrary.ts'

const classes = 5
const prior = [0.5, 0.25, 0.15, 0.07, 0.03]
const trainingCounts = Float64Array.from(prior, (share) => 1000 * share)

/** The class at quantile `left` of a distribution. */
function draw(probabilities: readonly number[], left: number): number {
  let id = 0
  for (let sum = probabilities[0]; sum < left && id < classes - 1; sum += probabilities[id]) id += 1
  return id
}

/** Targets drawn from p(c|x) of random x, and that p as logits, distorted by `distortion`: [n] */
function distortedWorld(rows: number, distortion: number[]) {
  const uniform = uniformGenerator('world')
  return Array.from({ length: rows }, () => {
    const logits = prior.map((share) => Math.log(share) + 2 * uniform())
    const probabilities = softmax(logits)
    return {
      logits: Float64Array.from(logits, (logit, id) => logit + distortion[id]),
      target: draw(probabilities, uniform()),
    }
  })
}

function reservoirOf(world: ReturnType<typeof distortedWorld>, numbers = 1e6) {
  const reservoir = new CorrectionReservoir(classes, numbers, uniformGenerator('reservoir'))
  for (const { logits, target } of world) reservoir.offer(logits, target)
  return reservoir
}

function nll(world: ReturnType<typeof distortedWorld>, offsets: ArrayLike<number>) {
  const losses = world.map(
    ({ logits, target }) => -Math.log(softmax([...logits].map((z, id) => z + offsets[id]))[target]),
  )
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

describe('prior correction', () => {
  it('undoes a distortion of the class distribution', () => {
    const distortion = [-1, 0, 0.5, 1, 2]
    const world = distortedWorld(4000, distortion)
    const fitted = fitPriorCorrection(reservoirOf(world).sample(), trainingCounts)
    expect(fitted.converged).toBe(true)
    const honest = nll(
      world,
      distortion.map((value) => -value),
    )
    expect(nll(world, new Float64Array(classes))).toBeGreaterThan(honest + 0.2)
    expect(nll(world, fitted.offsets)).toBeLessThan(honest + 0.002)
  })

  it('leaves the same model whatever post-hoc adjustment came before it', () => {
    const plain = distortedWorld(500, [0, 0, 0, 0, 0])
    const adjusted = distortedWorld(500, [0.3, -0.2, 1, -1, 0.7])
    const corrected = (world: typeof plain) =>
      nll(world, fitPriorCorrection(reservoirOf(world).sample(), trainingCounts).offsets)
    expect(corrected(adjusted)).toBeCloseTo(corrected(plain), 4)
  })

  it('makes the mean predicted shares those of the validation targets', () => {
    const sample = reservoirOf(distortedWorld(300, [2, 0, 0, 0, -2])).sample()
    const { offsets } = fitPriorCorrection(sample, trainingCounts)
    const rows = Array.from({ length: 300 }, (_, row) => [
      ...sample.probabilities.subarray(row * classes, (row + 1) * classes),
    ])
    const corrected = rows.map((row) => softmax(row.map((probability, id) => Math.log(probability) + offsets[id])))
    const wanted = wantedShares(sample.targets, trainingCounts)
    for (let id = 0; id < classes; id += 1) {
      const share = corrected.reduce((sum, row) => sum + row[id], 0) / rows.length
      expect(share).toBeCloseTo(wanted[id], 4)
    }
  })

  it('keeps a share for a class without validation targets', () => {
    expect([...wantedShares(Int32Array.of(0, 0, 1), Float64Array.of(6, 3, 1))]).toEqual(
      [(2 + 1.8) / 6, (1 + 0.9) / 6, (3 * 0.1) / 6].map((share) => expect.closeTo(share, 12)),
    )
  })

  it('holds a uniform sample in bounded memory', () => {
    const world = distortedWorld(2000, [0, 0, 0, 0, 0]).map((row, index) => ({ ...row, target: index < 1000 ? 0 : 1 }))
    const reservoir = reservoirOf(world, 400 * classes)
    expect(reservoir.size).toBe(400)
    const { probabilities, targets } = reservoir.sample()
    expect(probabilities.length).toBe(400 * classes)
    const early = targets.filter((target) => target === 0).length
    expect(early).toBeGreaterThan(150)
    expect(early).toBeLessThan(250)
  })
})
