import { describe, expect, test } from 'vitest'
import { modelConfiguration, resolveModel } from '../../src/main/model/configuration.ts'
import {
  flattenParameters,
  initializeParameters,
  layoutParameters,
  parameterViews,
} from '../../src/main/model/parameters.ts'
import { presets } from '../../src/main/model/presets.ts'
import { modelOptions, type PresetName } from '../../src/shared/configuration.ts'
import { tinyModel } from './support.ts'

const sizes = { behaviours: 60, locations: 100, slots: 48, length: 64 }
const resolve = (options: object) => resolveModel(modelOptions.parse(options), sizes)

describe('presets', () => {
  test.each([
    ['nano', 0.1],
    ['tiny', 0.5],
    ['small', 3.4],
    ['base', 25],
    ['large', 100],
  ] as [PresetName, number][])('%s has about %f million parameters', (preset, millions) => {
    const { count } = layoutParameters(resolve({ preset }))
    expect(count / 1e6).toBeGreaterThan(0.75 * millions)
    expect(count / 1e6).toBeLessThan(1.25 * millions)
  })

  test('small is 4 layers of width 256', () => {
    expect(resolve({ preset: 'small' })).toMatchObject({ layers: 4, streamWidth: 64, ...sizes })
  })

  test('options replace single sizes of a preset', () => {
    expect(resolve({ preset: 'nano', layers: 3 })).toMatchObject({ layers: 3, streamWidth: presets.nano.streamWidth })
    expect(() => modelConfiguration.parse(resolve({ preset: 'nano', streamWidth: 5, heads: 2 }))).not.toThrow()
  })

  test('a width that the heads cannot share is refused with both numbers', () => {
    expect(() => resolve({ streamWidth: 5, heads: 3 })).toThrow(/20 .*3 heads/)
  })
})

describe('layout of the flat vector', () => {
  const layout = layoutParameters(tinyModel({ targetTime: true }))

  test('slices follow each other without gaps or overlaps', () => {
    let end = 0
    for (const { offset, size, shape } of layout.slices) {
      expect(offset).toBe(end)
      expect(size).toBe(shape.reduce((product, length) => product * length, 1))
      end += size
    }
    expect(layout.count).toBe(end)
  })

  test('what decays is a prefix: weights, then embeddings, then the rest', () => {
    const kinds = layout.slices.map(({ kind }) => ({ weight: 0, embedding: 1, bias: 2 })[kind])
    expect(kinds).toEqual([...kinds].sort((a, b) => a - b))
  })

  test('views share memory with the vector, and flattening them gives it back', () => {
    const flat = initializeParameters(layout, 7)
    const views = parameterViews(layout, flat)
    expect(views['embedding.location'].data.buffer).toBe(flat.buffer)
    expect(flattenParameters(layout, views)).toEqual(flat)
  })

  test('a missing, superfluous or misshapen tensor is named', () => {
    const views = parameterViews(layout, initializeParameters(layout, 7))
    const { 'head.hidden.bias': _, ...missing } = views
    expect(() => flattenParameters(layout, missing)).toThrow('head.hidden.bias')
    expect(() => flattenParameters(layout, { ...views, extra: views['head.hidden.bias'] })).toThrow('extra')
    const misshapen = { ...views, 'head.hidden.bias': { shape: [2, 4], data: new Float32Array(8) } }
    expect(() => flattenParameters(layout, misshapen)).toThrow(/head\.hidden\.bias has shape \[2, 4\].*\[8\]/)
  })
})

describe('initial values', () => {
  const model = resolve({ preset: 'nano' })
  const layout = layoutParameters(model)
  const deviation = (data: Float32Array) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length)

  test('one seed always gives the same numbers, another seed others', () => {
    expect(initializeParameters(layout, 1)).toEqual(initializeParameters(layout, 1))
    expect(initializeParameters(layout, 1)).not.toEqual(initializeParameters(layout, 2))
  })

  test('a tensor keeps its numbers when others are added', () => {
    const views = parameterViews(layout, initializeParameters(layout, 1))
    const deeper = layoutParameters({ ...model, targetTime: true })
    const more = parameterViews(deeper, initializeParameters(deeper, 1))
    expect(more['embedding.location'].data).toEqual(views['embedding.location'].data)
  })

  test('weights have the deviation of their fan-in, biases start at zero', () => {
    const views = parameterViews(layout, initializeParameters(layout, 1))
    expect(deviation(views['block.0.mlp.up.weight'].data)).toBeCloseTo(1 / Math.sqrt(3 * 64), 2)
    expect(new Set(views['head.output.bias'].data)).toEqual(new Set([0]))
  })
})
