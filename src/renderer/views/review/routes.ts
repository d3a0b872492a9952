import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/review', name: 'review', component: () => import('./ReviewPage.vue') },
] satisfies RouteRecordRaw[]
