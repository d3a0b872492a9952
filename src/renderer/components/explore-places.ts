import type { LocationQueryRaw, RouteLocationNormalizedLoaded, RouteLocationRaw } from 'vue-router'

const dots = /^~*\.{1,2}$/

/** A browser takes parts of an address that are one or two dots for folders and drops them: names that are no more get a mark before them, as do those that look so then. */
const toPart = (name: string) => (dots.test(name) ? `~${name}` : name)
const fromPart = (part: string) => (part.startsWith('~') && dots.test(part) ? part.slice(1) : part)

/** Where a user's page is. */
export const userPlace = (user: string, query: LocationQueryRaw = {}): RouteLocationRaw => ({
  name: 'explore-user',
  params: { name: toPart(user) },
  query,
})

/** Where a behaviour's page is. */
export const behaviourPlace = (behaviour: string, query: LocationQueryRaw = {}): RouteLocationRaw => ({
  name: 'explore-behaviour',
  params: { name: toPart(behaviour) },
  query,
})

/** The user or behaviour that a page of these is about. */
export const nameOfPlace = ({ params }: Pick<RouteLocationNormalizedLoaded, 'params'>): string =>
  fromPart(String(params.name))
