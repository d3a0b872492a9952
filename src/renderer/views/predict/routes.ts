import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/predict', name: 'predict', component: () => import('./PredictPage.vue') },
] satisfies RouteRecordRaw[]
