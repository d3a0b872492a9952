/** How much of what is shown comes of generated data; undefined where nothing does. */
export type SimulatedShare = 'all' | 'some'

/** Of sources, those that are chosen; all where none is. */
export function simulatedShare(
  sources: readonly { name: string; simulated: boolean }[],
  chosen: readonly string[] = [],
): SimulatedShare | undefined {
  const used = sources.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  const simulated = used.filter((source) => source.simulated).length
  if (simulated === 0) return undefined
  return simulated === used.length ? 'all' : 'some'
}

/** Of one thing that says whether it is. */
export const wholly = (simulated: boolean | undefined): SimulatedShare | undefined => (simulated ? 'all' : undefined)
