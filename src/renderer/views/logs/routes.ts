import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/logs', name: 'logs', component: () => import('./LogsPage.vue') }] satisfies RouteRecordRaw[]
