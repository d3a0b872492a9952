import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/welcome', name: 'welcome', component: () => import('./WelcomePage.vue') },
] satisfies RouteRecordRaw[]
