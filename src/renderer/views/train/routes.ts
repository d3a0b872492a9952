import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/train', name: 'train', component: () => import('./TrainPage.vue') },
] satisfies RouteRecordRaw[]
