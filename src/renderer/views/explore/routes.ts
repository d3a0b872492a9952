import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/explore', name: 'explore', component: () => import('./ExplorePage.vue') },
] satisfies RouteRecordRaw[]
