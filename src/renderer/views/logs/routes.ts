import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/logs', name: 'logs', component: () => import('./LogsPage.vue') },
  { path: '/logs/import', name: 'import', component: () => import('./ImportPage.vue') },
  { path: '/logs/:source(\\d+)', name: 'source', component: () => import('./SourcePage.vue') },
] satisfies RouteRecordRaw[]
