/**
 * The habit term's memories of what a user did: decaying counts, each event weighing `decay` times less with every event after it.
 * The first forgets nothing; half of the others' weight is gone after about 14 and 3 events. Part of the model's definition, so not an option.
 */
export const habitDecays = [1, 0.95, 0.8] as const

/** Events after which a decaying memory has forgotten an event to less than one part in a million. */
export const habitHorizon = Math.ceil(Math.log(1e-6) / Math.log(0.95))

/**
 * Adds to the decaying memories what a stretch of a user's events leaves in them; the last event weighs 1 in each, and only the last
 * `habitHorizon` events are read. Memory 0 decays nothing and is counted elsewhere, over the whole history.
 *
 * @param recent class ids, oldest first; ids of `classes` and above are unknown: they let time pass and leave nothing
 * @param memories [habitDecays.length, classes]
 */
export function recallRecent(recent: ArrayLike<number>, classes: number, memories: Float32Array): void {
  const oldest = Math.max(0, recent.length - habitHorizon)
  for (let memory = 1; memory < habitDecays.length; memory++) {
    let weight = 1
    for (let event = recent.length - 1; event >= oldest; event--) {
      const behaviour = recent[event]
      if (behaviour < classes) memories[memory * classes + behaviour] += weight
      weight *= habitDecays[memory]
    }
  }
}
