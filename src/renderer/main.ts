import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connect } from './api.ts'
import { ignoreStrayDrops } from './files.ts'
import { i18n } from './i18n.ts'
import { router } from './router.ts'
import './style.css'

ignoreStrayDrops()
await connect()
createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
