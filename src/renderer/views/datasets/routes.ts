import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/datasets', name: 'datasets', component: () => import('./DatasetsPage.vue') },
  { path: '/datasets/new', name: 'dataset-builder', component: () => import('./BuilderPage.vue') },
  { path: '/datasets/:dataset', name: 'dataset', component: () => import('./DatasetPage.vue'), props: true },
] satisfies RouteRecordRaw[]
