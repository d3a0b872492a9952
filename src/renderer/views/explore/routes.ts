import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/explore', name: 'explore', component: () => import('./ExplorePage.vue') },
  { path: '/explore/events', name: 'explore-events', component: () => import('./EventsPage.vue') },
  // Names may hold slashes.
  { path: '/explore/user/:name(.*)', name: 'explore-user', component: () => import('./UserPage.vue') },
  { path: '/explore/behaviour/:name(.*)', name: 'explore-behaviour', component: () => import('./BehaviourPage.vue') },
] satisfies RouteRecordRaw[]
