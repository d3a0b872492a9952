import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/review', name: 'review', component: () => import('./ReviewPage.vue') },
  { path: '/review/new', name: 'new-review', component: () => import('./NewReviewPage.vue') },
  { path: '/review/:project(\\d+)', name: 'review-desk', component: () => import('./DeskPage.vue') },
  { path: '/review/:project(\\d+)/overview', name: 'review-overview', component: () => import('./OverviewPage.vue') },
] satisfies RouteRecordRaw[]
