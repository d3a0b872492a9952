import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connect } from './api.ts'
import { ignoreStrayDrops } from './files.ts'
import { i18n } from './i18n.ts'
import { loadPage, router } from './router.ts'
import './style.css'

ignoreStrayDrops()
void start()

/** Not awaited at the top: the files of a page need this one, and would wait for each other. */
async function start(): Promise<void> {
  // The way to the workbench and the files of the first page, at the same time.
  await Promise.all([connect(), loadPage(location.pathname)])
  createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
}
