/** `2025-03-01T07:30:00` of local wall-clock milliseconds, as fields of the type datetime-local want it. */
export const toField = (time: number) => new Date(time).toISOString().slice(0, 19)

/** The milliseconds; undefined when it is no time. */
export function fromField(text: string): number | undefined {
  const time = Date.parse(`${text}Z`)
  return Number.isFinite(time) ? time : undefined
}
