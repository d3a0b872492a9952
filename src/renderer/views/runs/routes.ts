import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/runs', name: 'runs', component: () => import('./RunsPage.vue') }] satisfies RouteRecordRaw[]
