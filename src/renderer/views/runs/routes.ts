import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/runs', name: 'runs', component: () => import('./RunsPage.vue') },
  { path: '/runs/compare', name: 'runs-compare', component: () => import('./ComparePage.vue') },
  { path: '/runs/:run', name: 'run', component: () => import('./RunPage.vue') },
] satisfies RouteRecordRaw[]
