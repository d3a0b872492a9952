import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/datasets', name: 'datasets', component: () => import('./DatasetsPage.vue') },
] satisfies RouteRecordRaw[]
