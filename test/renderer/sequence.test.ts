import { array, constantFrom, assert as fcAssert, integer, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvFile, toCsv } from '../../src/renderer/charts/csv.ts'
import { exportName, fileStem } from '../../src/renderer/charts/file-name.ts'
import { plainText } from '../../src/renderer/charts/text.ts'
import { behaviourCode, behaviourColour } from '../../src/renderer/components/sequence/behaviour-colour.ts'
import {
  columns,
  packRows,
  panned,
  revealing,
  roomOfBlock,
  visibleRange,
  wholeOf,
  zoomed,
} from '../../src/renderer/components/sequence/timeline-layout.ts'
import { day, hour, makeScale, nearest, nights, ticks } from '../../src/renderer/components/sequence/timeline-scale.ts'
import type { TimelineEvent } from '../../src/shared/sequence.ts'

const at = (time: number, behaviour = 'walk'): TimelineEvent => ({ time, behaviour, location: null })
const times = array(integer({ min: 0, max: 60 * day }), { minLength: 1, maxLength: 80 })
const kinds = constantFrom('time' as const, 'order' as const)

describe('the axis of a sequence', () => {
  test('stands events in their order, and leads from a position to its time and back', () => {
    fcAssert(
      property(times, kinds, (given, kind) => {
        const events = given.sort((a, b) => a - b).map((time) => at(time))
        const scale = makeScale(kind, events)
        events.forEach(({ time }, index) => {
          const position = scale.positions[index]
          expect(position).toBeGreaterThanOrEqual(index === 0 ? scale.start : scale.positions[index - 1])
          expect(position).toBeLessThanOrEqual(scale.end)
          expect(scale.toTime(position)).toBeCloseTo(time, 0)
        })
        const between = scale.start + 0.37 * (scale.end - scale.start)
        const there = scale.toPosition(scale.toTime(between))
        // Events at the same time share a time in steps, and an event has its step to itself: the position found is of one of them.
        if (kind === 'time') expect(there).toBeCloseTo(between, 3)
        else if (new Set(given).size === given.length) expect(Math.abs(there - between)).toBeLessThanOrEqual(1.001)
      }),
    )
  })

  test('step by step shows long gaps wider than short ones, and never wider than five steps', () => {
    const { positions } = makeScale('order', [at(0), at(60_000), at(3 * hour), at(30 * day)])
    const steps = [...positions].slice(1).map((position, index) => position - positions[index])
    expect(steps[0]).toBe(1)
    expect(steps[1]).toBeGreaterThan(2)
    expect(steps[2]).toBe(5)
  })

  test('step by step lets no day begin within the step of an event', () => {
    const scale = makeScale('order', [at(22 * hour), at(23.9 * hour), at(40 * hour), at(47.9 * hour)])
    const [, second, third, last] = scale.positions
    expect(scale.toPosition(day)).toBeGreaterThanOrEqual(second! + 1)
    expect(scale.toPosition(day)).toBeLessThan(third!)
    expect(scale.toPosition(2 * day)).toBeGreaterThanOrEqual(last! + 1)
    expect(scale.toTime(scale.toPosition(day))).toBeCloseTo(day, 0)
  })

  test('keeps going when a wall clock is set back', () => {
    const { positions } = makeScale('time', [at(3 * hour), at(2 * hour), at(4 * hour)])
    expect([...positions]).toEqual([3 * hour, 3 * hour, 4 * hour])
  })

  test('of nothing can still be drawn', () => {
    for (const kind of ['time', 'order'] as const) {
      const scale = makeScale(kind, [])
      expect(scale.end).toBeGreaterThan(scale.start)
      expect(nearest(scale.positions, 5)).toBe(-1)
    }
  })

  test('marks round local times, at most as many as fit', () => {
    const { times: marked, step } = ticks(10 * hour, 10 * hour + 7 * day, 8)
    expect(step).toBe(day)
    expect(marked).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => number * day))
    expect(ticks(0, 50 * 365 * day, 10).times.length).toBeLessThanOrEqual(11)
  })

  test('shades the nights that it touches', () => {
    expect(nights(0, day)).toEqual([
      [-2 * hour, 6 * hour],
      [22 * hour, 30 * hour],
    ])
  })
})

describe('the view of a sequence', () => {
  const scale = makeScale('time', [at(0), at(10 * day)])
  const whole = { from: scale.start, until: scale.end }

  test('zooms around a point that stays where it is', () => {
    const view = zoomed(whole, scale, 4, 5 * day)
    expect(view.until - view.from).toBeCloseTo((whole.until - whole.from) / 4)
    expect((5 * day - view.from) / (view.until - view.from)).toBeCloseTo(
      (5 * day - whole.from) / (whole.until - whole.from),
    )
  })

  test('never leaves the sequence, and never shows less than ten minutes', () => {
    fcAssert(
      property(array(integer({ min: -30, max: 30 }), { maxLength: 30 }), (moves) => {
        let view = whole
        for (const move of moves)
          view = move % 2 ? panned(view, scale, move / 7) : zoomed(view, scale, 1.4 ** move, 3 * day)
        expect(view.from).toBeGreaterThanOrEqual(scale.start - 1)
        expect(view.until).toBeLessThanOrEqual(scale.end + 1)
        expect(view.until - view.from).toBeGreaterThanOrEqual(hour / 6 - 1)
      }),
    )
  })

  test('leaves as much behind the last event as its block takes, closer and farther, and no more than that when it is closest', () => {
    fcAssert(
      property(
        times,
        kinds,
        integer({ min: 300, max: 3000 }),
        integer({ min: 0, max: 20 }),
        (given, kind, width, closer) => {
          const events = given.sort((a, b) => a - b).map((time) => at(time))
          const axis = makeScale(kind, events)
          const room = roomOfBlock(width)
          const end = zoomed(wholeOf(axis, room), axis, 1.4 ** closer, Number.MAX_SAFE_INTEGER, room)
          const view = panned(end, axis, 1e6, room)
          const pixels = (width * (view.until - axis.positions.at(-1)!)) / (view.until - view.from)
          expect(pixels).toBeGreaterThanOrEqual(26)
          expect(view.until).toBeLessThanOrEqual(
            Math.max(axis.end, axis.positions.at(-1)! + room * (view.until - view.from)),
          )
        },
      ),
    )
  })

  test('moves to an event outside and stays for one inside', () => {
    const view = { from: 2 * day, until: 3 * day }
    expect(revealing(view, scale, 2.5 * day)).toBe(view)
    const moved = revealing(view, scale, 9 * day)
    expect(moved.from).toBeLessThan(9 * day)
    expect(moved.until).toBeGreaterThan(9 * day)
  })

  test('stacks blocks so that none covers another, whatever is in view', () => {
    fcAssert(
      property(times, integer({ min: 1, max: 5 }), (given, rows) => {
        const packed = makeScale(
          'time',
          given.sort((a, b) => a - b).map((time) => at(time)),
        )
        const pixels = 1000 / (packed.end - packed.start)
        const { rows: assigned, stacks } = packRows(packed, pixels, rows)
        for (let row = 0; row < rows; row++) {
          const own = [...packed.positions]
            .filter((_, index) => assigned[index] === row || (row === rows - 1 && stacks.has(index)))
            .map((position) => position * pixels)
          own.slice(1).forEach((x, index) => {
            expect(x - own[index]).toBeGreaterThanOrEqual(26)
          })
        }
        // Whatever has no block of its own is counted by one stack.
        expect([...stacks.values()].reduce((sum, events) => sum + events, 0)).toBe(
          assigned.filter((row) => row < 0).length,
        )
      }),
    )
  })

  test('counts every event once where they are too dense to be drawn, with the most frequent behaviour of each column', () => {
    const events = Array.from({ length: 5000 }, (_, index) => at(index * 60_000, index % 3 === 0 ? 'walk' : 'ride'))
    const dense = makeScale('time', events)
    const view = { from: dense.start, until: dense.end }
    const found = columns(events, dense, view, 400, visibleRange(dense, view, 400))
    expect(found.reduce((sum, column) => sum + column.events, 0)).toBe(5000)
    expect(found.every(({ behaviour, events: count }) => count < 10 || behaviour === 'ride')).toBe(true)
    expect(new Set(found.map(({ x }) => x)).size).toBe(found.length)
  })
})

describe('the look of a behaviour', () => {
  test('depends on its name alone, and differs between names more often than not', () => {
    expect(behaviourColour('order food', false)).toEqual(behaviourColour('order food', false))
    const names = Array.from({ length: 360 }, (_, index) => `behaviour-${index}`)
    const counts = new Map<string, number>()
    for (const name of names) {
      const { fill } = behaviourColour(name, false)
      counts.set(fill, (counts.get(fill) ?? 0) + 1)
    }
    expect(counts.size).toBe(36)
    expect(Math.max(...counts.values())).toBeLessThan(25)
  })

  test('can be read in both themes: its text has a contrast of 4.5 to 1', () => {
    const luminance = (colour: string) => {
      const [red, green, blue] = [1, 3, 5].map((start) => {
        const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    for (const dark of [false, true]) {
      for (let index = 0; index < 500; index++) {
        const { fill, text } = behaviourColour(`name ${index}`, dark)
        const [low, high] = [luminance(fill), luminance(text)].sort((a, b) => a - b)
        expect((high + 0.05) / (low + 0.05), `${fill} with ${text}`).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  test.each([
    ['bus_card', 'BC'],
    ['orderFood', 'OF'],
    ['music', 'Mu'],
    ['打开微信', '打开'],
    ['🚌', '🚌'],
    ['<img onerror=x>', 'IO'],
    ['7-eleven', '7E'],
  ])('%s is %s for short', (name, code) => {
    expect(behaviourCode(name)).toBe(code)
  })

  test('has a code of one or two characters whatever the name', () => {
    fcAssert(
      property(string({ minLength: 1, unit: 'grapheme' }), (name) => {
        const { length } = [...behaviourCode(name)]
        // Upper case may be longer: ß becomes SS.
        expect(length).toBeGreaterThanOrEqual(1)
        expect(length).toBeLessThanOrEqual(6)
      }),
    )
  })
})

describe('what leaves a chart', () => {
  test('is CSV that no spreadsheet runs', () => {
    expect(
      toCsv([
        ['name', 'n'],
        ['=1+1', 2],
        ['a,"b"\n', null],
        ['-x', -1],
      ]),
    ).toBe('name,n\r\n\'=1+1,2\r\n"a,""b""\n",\r\n\'-x,-1\r\n')
  })

  test('has a byte order mark where it is not plain ASCII, so that Excel shows Chinese as it is', () => {
    expect(csvFile([['name'], ['walk']])).toBe('name\r\nwalk\r\n')
    expect(csvFile([['name'], ['打开微信']])).toBe('\ufeffname\r\n打开微信\r\n')
  })

  test('is called what it shows and of what, as every file system takes it', () => {
    expect(fileStem('Training loss', 'Nano run: 2')).toBe('training-loss-nano-run-2')
    expect(fileStem('How did it fall?', '运行 1')).toBe('how-did-it-fall-运行-1')
    expect(fileStem('Runs', 'Runs')).toBe('runs')
    expect(fileStem('../..', '')).toBe('export')
    expect(fileStem('ce: How good is it?', 'ce')).toBe('how-good-is-it-ce')
    expect(fileStem('certain things', 'ce')).toBe('certain-things-ce')
  })

  test('is called by the end of a long subject too, by which those of one kind differ, and ends in no dash where it is cut', () => {
    const heading = 'How good is it for frequent and for rare behaviours?'
    const nameOf = (run: string) => exportName(fileStem(heading.repeat(3), run), 'csv')
    const names = ['ce', 'dro-kl'].map((objective) =>
      nameOf(`quickstart of the simulated phones ${'x'.repeat(100)} ${objective}`),
    )
    expect(new Set(names).size).toBe(2)
    expect(names[1]).toMatch(/-dro-kl\.csv$/)
    for (const name of [...names, nameOf('行'.repeat(200))]) {
      expect(name).not.toMatch(/-\.|--/)
      expect(Buffer.byteLength(name)).toBeLessThan(143)
    }
    expect(nameOf('quickstart-simulated-ce')).toMatch(/-quickstart-simulated-ce\.csv$/)
  })

  test('is text in a tooltip: short, in one line, without markup', () => {
    expect(plainText('{a|b}')).not.toMatch(/\{[a-zA-Z0-9_]+\|/)
    expect(plainText('x'.repeat(10_000)).length).toBeLessThan(70)
    expect(plainText('a\nb')).toBe('a b')
  })
})
