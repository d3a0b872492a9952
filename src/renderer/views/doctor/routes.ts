import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/doctor', name: 'doctor', component: () => import('./DoctorPage.vue') },
] satisfies RouteRecordRaw[]
