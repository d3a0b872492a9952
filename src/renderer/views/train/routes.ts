import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/train', name: 'train', component: () => import('./TrainPage.vue') },
  { path: '/train/:run', name: 'training', component: () => import('./WatchPage.vue'), props: true },
] satisfies RouteRecordRaw[]
