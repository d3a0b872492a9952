import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/predict', name: 'predict', component: () => import('./PredictPage.vue') },
  { path: '/predict/scores', name: 'predict-scores', component: () => import('./ScoresPage.vue') },
] satisfies RouteRecordRaw[]
