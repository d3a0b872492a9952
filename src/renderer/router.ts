import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

/** The pages of the rail, in its order. */
export const pages = [
  'logs',
  'explore',
  'datasets',
  'train',
  'runs',
  'predict',
  'review',
  'doctor',
  'settings',
] as const
export type Page = (typeof pages)[number]

/** Each area has views/AREA/routes.ts with the routes below its name; deep links to any run or sequence live there. */
const areas = import.meta.glob<{ default: RouteRecordRaw[] }>('./views/*/routes.ts', { eager: true })

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/logs' },
    ...Object.values(areas).flatMap(({ default: routes }) => routes),
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./views/NotFound.vue') },
  ],
})

/** Loads the components of the page at a place, before anybody goes there. What fails to load is for the navigation to tell. */
export async function loadPage(place: string): Promise<void> {
  const { matched } = router.resolve(place)
  const elsewhere = matched.at(-1)?.redirect
  if (typeof elsewhere === 'string') return loadPage(elsewhere)
  const components = matched.flatMap((route) => Object.values(route.components ?? {}))
  await Promise.allSettled(
    components.map((component) => typeof component === 'function' && (component as () => unknown)()),
  )
}
