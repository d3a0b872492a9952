import type { GroupRule } from './configuration.ts'

/** The groups in the order of their codes: `groupNames[groupClasses(...)[c]]`. */
export const groupNames = ['head', 'middle', 'tail'] as const
export type GroupName = (typeof groupNames)[number]

const head = 0
const middle = 1
const tail = 2

/** What each rule says, for tables and reports. */
export const groupRuleDescriptions: Record<GroupRule, string> = {
  share: 'head: the most frequent classes that together make up 50 % of the events; middle: to 90 %; tail: the rest',
  percent: 'head: classes with at least 1 % of the events; middle: at least 0.1 %; tail: the rest',
  terciles: 'head, middle, tail: a third of the classes each, by frequency',
  pareto: 'head: the most frequent 20 % of the classes; tail: the other 80 %; no middle',
}

/** Class ids from the most to the least frequent; equally frequent ones in the order of their ids. */
export function rankClasses(counts: ArrayLike<number>): number[] {
  return Array.from({ length: counts.length }, (_, index) => index).sort((a, b) => counts[b] - counts[a] || a - b)
}

function sum(counts: ArrayLike<number>): number {
  let total = 0
  for (let index = 0; index < counts.length; index++) total += counts[index]
  return total
}

/**
 * Head (0), middle (1) or tail (2) of each class by its frequency. With classes ranked r = 0..C-1 by decreasing count (ties by id), counts n, N = sum n:
 *
 * - `share`: B(r) = the share of all events in classes before rank r. Head where B < 0.5, middle where B < 0.9, tail elsewhere: the class that crosses a limit still
 *   belongs to the group before it.
 * - `percent`: head where n >= 0.01 N, middle where n >= 0.001 N, tail elsewhere.
 * - `terciles`: floor(3 r / C).
 * - `pareto`: head where r < ceil(0.2 C), tail elsewhere; nothing is middle.
 *
 * A class without events is tail under every rule but terciles.
 * @param counts events of each class: [C], non-negative.
 * @returns group codes: [C].
 */
export function groupClasses(counts: ArrayLike<number>, rule: GroupRule): Uint8Array {
  const classes = counts.length
  const total = sum(counts)
  const groups = new Uint8Array(classes).fill(tail)
  let before = 0
  rankClasses(counts).forEach((id, rank) => {
    const count = counts[id]
    if (rule === 'terciles') groups[id] = Math.floor((3 * rank) / classes)
    else if (count === 0) groups[id] = tail
    else if (rule === 'share') groups[id] = shareGroup(before, total)
    else if (rule === 'percent') groups[id] = percentGroup(count, total)
    else groups[id] = rank < Math.ceil(classes / 5) ? head : tail
    before += count
  })
  return groups
}

// Limits are compared in whole events, 10 n < 9 N, so that rounding cannot move a class across them.
function shareGroup(before: number, total: number): number {
  if (2 * before < total) return head
  return 10 * before < 9 * total ? middle : tail
}

function percentGroup(count: number, total: number): number {
  if (100 * count >= total) return head
  return 1000 * count >= total ? middle : tail
}

/**
 * Gini coefficient of the class frequencies: 0 when all are equally frequent, (C - 1) / C when one class has all events.
 * G = 2 sum_i i n_(i) / (C N) - (C + 1) / C with n_(1) <= ... <= n_(C). 0 without events.
 */
export function giniCoefficient(counts: ArrayLike<number>): number {
  const classes = counts.length
  const total = sum(counts)
  if (total === 0) return 0
  const ascending = Float64Array.from({ length: classes }, (_, index) => counts[index]).sort()
  let weighted = 0
  ascending.forEach((count, index) => {
    weighted += (index + 1) * count
  })
  return (2 * weighted) / (classes * total) - (classes + 1) / classes
}

/** Share of all events that falls on the most frequent ceil(fraction C) classes; 0 without events. */
export function topShare(counts: ArrayLike<number>, fraction = 0.2): number {
  const total = sum(counts)
  if (total === 0) return 0
  const descending = Float64Array.from({ length: counts.length }, (_, index) => counts[index])
    .sort()
    .reverse()
  return sum(descending.subarray(0, Math.ceil(fraction * counts.length))) / total
}
