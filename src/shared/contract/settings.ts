/** Filled by the area's own procedures. */
export const settings = {}
