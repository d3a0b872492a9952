import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classProbabilities } from '../../../src/main/model/objectives/class-weights.ts'
import { worstCaseKl } from '../../../src/main/model/objectives/kl.ts'
import { createObjective, type Objective } from '../../../src/main/model/objectives/objective.ts'
import { RunningLosses } from '../../../src/main/model/objectives/running-losses.ts'
import { objectiveConfiguration, objectiveNames } from '../../../src/shared/configuration.ts'
import { groupClasses, groupNames } from '../../../src/shared/long-tail.ts'
import { objectiveParameters } from '../../../src/shared/objectives.ts'

const counts = Float64Array.of(600, 250, 100, 40, 10)
const groups = { names: groupNames, of: groupClasses(counts, 'share') }
const p = classProbabilities(counts)

function objective(name: (typeof objectiveNames)[number], parameters = {}, more = {}): Objective {
  return createObjective(objectiveConfiguration.parse({ name, parameters, ...more }), counts, groups)
}

/** One batch: losses and targets, all counted. */
function observe(target: Objective, tokens: readonly (readonly [number, number])[]) {
  target.observe(
    Float32Array.from(tokens, ([, loss]) => loss),
    Int32Array.from(tokens, ([c]) => c),
    new Float32Array(tokens.length).fill(1),
  )
}

const meanWeight = (weights: Float64Array) => weights.reduce((sum, weight, c) => sum + p[c] * weight, 0)

describe('every objective', () => {
  test.each(objectiveNames)('%s starts with weights of mean 1 and keeps it when its adversary answers', (name) => {
    const subject = objective(name, {}, { updateEvery: 1 })
    expect(meanWeight(subject.classWeights)).toBeCloseTo(1, 12)
    for (let step = 0; step < 5; step++) {
      observe(subject, [
        [0, 0.5],
        [1, 1],
        [2, 2.5],
        [3, 4],
        [4, 6],
      ])
      subject.endStep()
    }
    expect(meanWeight(subject.classWeights)).toBeCloseTo(1, 9)
    const isAdversarial = name.startsWith('dro-') || name === 'group-dro'
    expect(subject.classWeights[4] > 1).toBe(isAdversarial || name === 'inverse-frequency' || name === 'class-balanced')
  })

  test.each(objectiveNames)('%s says for how many steps its weights stay, and they do not change before', (name) => {
    const subject = objective(name, {}, { updateEvery: 4 })
    const isAdversarial = name.startsWith('dro-') || name === 'group-dro'
    for (let step = 0; step < 10; step++) {
      expect(subject.stepsUntilAnswer()).toBe(isAdversarial ? 4 - (step % 4) : Number.POSITIVE_INFINITY)
      const before = [...subject.classWeights]
      observe(subject, [
        [0, 0.5 + step],
        [4, 6 - step / 4],
      ])
      const isAnswer = subject.stepsUntilAnswer() === 1
      subject.endStep()
      if (!isAnswer) expect([...subject.classWeights]).toEqual(before)
    }
  })

  test.each(objectiveNames)('%s goes on from its state, through JSON, as if it had not been interrupted', (name) => {
    const batch = (seed: number): [number, number][] => [0, 1, 2, 3].map((c) => [c, 0.1 + ((seed * 7 + c * 3) % 11)])
    const play = (subject: Objective, from: number, to: number) => {
      for (let step = from; step < to; step++) {
        observe(subject, batch(step))
        subject.endStep()
      }
    }
    const uninterrupted = objective(name, {}, { updateEvery: 3 })
    play(uninterrupted, 0, 20)
    const first = objective(name, {}, { updateEvery: 3 })
    play(first, 0, 8)
    const second = objective(name, {}, { updateEvery: 3 })
    second.restore(JSON.parse(JSON.stringify(first.state())))
    play(second, 8, 20)
    expect(second.state()).toEqual(uninterrupted.state())
    expect(second.classWeights).toEqual(uninterrupted.classWeights)
  })

  test('a token that does not count has weight 0, whatever its target', () => {
    const weights = objective('inverse-frequency').weightsFor(Int32Array.of(4, 0, 5), Float32Array.of(1, 0, 0))
    expect([...weights.map((weight) => Math.sign(weight))]).toEqual([1, 0, 0])
  })
})

describe('parameters', () => {
  test('defaults are filled in, and lie in their ranges', () => {
    expect(objective('dro-kl').parameters).toEqual({ rho: 0.1 })
    for (const specifications of Object.values(objectiveParameters)) {
      for (const { default: value, minimum, maximum, insteadOf } of Object.values(specifications)) {
        expect(value === undefined).toBe(insteadOf !== undefined)
        if (value !== undefined) expect(value >= minimum && value <= maximum).toBe(true)
      }
    }
  })

  test('an unknown one is refused, naming those there are', () => {
    expect(() => objective('dro-kl', { rh0: 1 })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'The objective dro-kl has no parameter "rh0".',
        hint: expect.stringMatching(/takes rho \(from 0 to 100, default 0\.1.*, tau /),
      }),
    )
    expect(() => objective('ce', { gamma: 1 })).toThrow(
      expect.objectContaining({ hint: 'The objective ce takes no parameters.' }),
    )
    expect(() => objective('ce', { toString: 1 })).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('one out of its range is refused, NaN too', () => {
    for (const [name, parameters] of [
      ['dro-cvar', { alpha: 0 }],
      ['dro-cvar', { alpha: 1.1 }],
      ['dro-kl', { rho: -0.1 }],
      ['focal', { gamma: Number.NaN }],
    ] as const) {
      expect(() => createObjective({ name, parameters, decay: 0.9, updateEvery: 10 }, counts, groups)).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining('must be') }),
      )
    }
  })

  test('of two alternatives only one may be given, and replaces the default of the other', () => {
    expect(() => objective('dro-kl', { rho: 0.1, tau: 1 })).toThrow(expect.objectContaining({ code: 'usage' }))
    expect(objective('dro-kl', { tau: 1 }).parameters).toEqual({ tau: 1 })
    expect(objective('dro-box', { radius: 0.1 }).parameters).toEqual({ radius: 0.1 })
  })
})

describe('re-weighting and shifts', () => {
  test('inverse-frequency: w_c proportional to p_c^-power', () => {
    const { classWeights } = objective('inverse-frequency', { power: 0.5 })
    expect(classWeights[4] / classWeights[0]).toBeCloseTo(Math.sqrt(60), 10)
    expect([...objective('inverse-frequency', { power: 0 }).classWeights]).toEqual([1, 1, 1, 1, 1])
  })

  test('class-balanced: w_c proportional to (1 - beta) / (1 - beta^n_c)', () => {
    const beta = 0.99
    const { classWeights } = objective('class-balanced', { beta })
    expect(classWeights[4] / classWeights[0]).toBeCloseTo((1 - beta ** 600) / (1 - beta ** 10), 10)
    expect(objective('class-balanced', { beta: 0 }).classWeights[4]).toBeCloseTo(1, 12)
    // Towards 1 it becomes inverse frequency.
    const limit = objective('class-balanced', { beta: 1 - 1e-9 }).classWeights
    expect(limit[4] / limit[0]).toBeCloseTo(60, 3)
  })

  test('balanced-softmax is logit adjustment with tau 1', () => {
    const balanced = objective('balanced-softmax')
    expect(balanced.graph).toEqual({ shift: true })
    expect(balanced.shift).toEqual(Float32Array.from(p, (probability) => Math.log(probability)))
    expect(objective('logit-adjusted', { tau: 1 }).shift).toEqual(balanced.shift)
    expect(objective('logit-adjusted', { tau: 0.5 }).shift![2]).toBeCloseTo(0.5 * Math.log(0.1), 6)
  })

  test('what belongs in the graph is asked of the graph', () => {
    expect(objective('ce').graph).toEqual({ shift: false })
    expect(objective('focal', { gamma: 3 }).graph).toEqual({ shift: false, focalGamma: 3 })
    expect(objective('sample-kl', { tau: 2 }).graph).toEqual({ shift: false, sample: { kind: 'kl', tau: 2 } })
    expect(objective('sample-cvar').graph).toEqual({ shift: false, sample: { kind: 'cvar', alpha: 0.5 } })
  })
})

describe('running losses', () => {
  test('n tokens of one batch with mean m: l <- d^n l + (1 - d^n) m', () => {
    const running = new RunningLosses(2, Math.log(2), 0.9)
    const batch = (losses: number[], classes: number[], counted = losses.map(() => 1)) =>
      running.observe(Float32Array.from(losses), (token) => classes[token], Float32Array.from(counted))
    expect([...running.values]).toEqual([Math.log(2), Math.log(2)])
    batch([4, 2], [0, 0])
    expect(running.values[0]).toBe(3)
    batch([6, 100], [0, 1], [1, 0])
    expect(running.values[0]).toBeCloseTo(0.9 * 3 + 0.1 * 6, 12)
    expect(running.observed(1)).toBe(false)
  })

  test('a class absent from a batch keeps its value', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 30 }), (losses) => {
        const running = new RunningLosses(2, 1, 0.9)
        running.observe(Float32Array.of(7), () => 1, Float32Array.of(1))
        for (const loss of losses) running.observe(Float32Array.of(loss), () => 0, Float32Array.of(1))
        expect(running.values[1]).toBe(7)
      }),
    )
  })
})

describe('the adversary', () => {
  test('answers every updateEvery steps, to the losses so far', () => {
    const subject = objective('dro-kl', { rho: 0.2 }, { updateEvery: 2 })
    const batch = [0, 1, 2, 3, 4].map((c) => [c, c + 1] as const)
    observe(subject, batch)
    subject.endStep()
    expect([...subject.classWeights]).toEqual([1, 1, 1, 1, 1])
    observe(subject, batch)
    subject.endStep()
    const { q } = worstCaseKl(p, Float64Array.of(1, 2, 3, 4, 5), 0.2)
    for (let c = 0; c < 5; c++) expect(subject.classWeights[c]).toBeCloseTo(q[c] / p[c], 10)
  })

  test('has no preference among classes that no token has shown yet', () => {
    const subject = objective('dro-chi2', {}, { updateEvery: 1 })
    subject.endStep()
    for (const weight of subject.classWeights) expect(weight).toBeCloseTo(1, 12)
  })

  test('group-dro moves mass between head, middle and tail, not within them', () => {
    const subject = objective('group-dro', { eta: 0.5 }, { updateEvery: 1 })
    observe(subject, [
      [0, 1],
      [1, 1],
      [4, 5],
    ])
    subject.endStep()
    const [head, , tail] = subject.groupFigures()
    expect(head.weight).toBeLessThan(1)
    expect(tail.weight).toBeGreaterThan(1)
    expect(tail.loss).toBe(5)
    for (let c = 0; c < 5; c++) {
      expect(subject.classWeights[c]).toBeCloseTo(subject.groupFigures()[groups.of[c]].weight, 12)
    }
  })

  test('per-group figures: the mean weight of a token of the group, and no loss before its first token', () => {
    const subject = objective('inverse-frequency', { power: 1 })
    observe(subject, [[0, 2]])
    const figures = subject.groupFigures()
    expect(figures.map(({ name }) => name)).toEqual(['head', 'middle', 'tail'])
    expect(figures.map(({ loss }) => loss)).toEqual([2, null, null])
    figures.forEach(({ weight }, g) => {
      const members = [0, 1, 2, 3, 4].filter((c) => groups.of[c] === g)
      const mass = members.reduce((sum, c) => sum + p[c], 0)
      expect(weight).toBeCloseTo(members.reduce((sum, c) => sum + p[c] * subject.classWeights[c], 0) / mass, 12)
    })
  })
})
