/** The page that an action belongs to, by its id; `common` is every page. */
export const areaOf = (id: string) => id.slice(0, id.indexOf('.'))

/** Whether two actions can be wanted at the same time, so that they need different keys. */
export const overlap = (a: string, b: string) =>
  areaOf(a) === areaOf(b) || areaOf(a) === 'common' || areaOf(b) === 'common'
