import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { connect } from './api.ts'
import ConnectionLost from './components/ConnectionLost.vue'
import { connection } from './connection.ts'
import { ignoreStrayDrops } from './files.ts'
import { i18n, warmTexts } from './i18n.ts'
import { idleMoment } from './idle.ts'
import { loadPage, pages, router } from './router.ts'
import './style.css'

ignoreStrayDrops()
void start()

/** Not awaited at the top: the files of a page need this one, and would wait for each other. */
async function start(): Promise<void> {
  const closeDoor = showDoor()
  // The way to the workbench and the files of the first page, at the same time.
  await Promise.all([connect(), loadPage(location.pathname)])
  closeDoor()
  createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
  // What cannot be loaded now is told when somebody goes there.
  void prepare().catch(() => {})
}

/** Until the workbench takes the page, says why it does not, should it not do so at once. Returns how to take that away. */
function showDoor(): () => void {
  const door = createApp(ConnectionLost).use(i18n)
  let isShown = false
  const stop = watch(connection, (now) => {
    if (now !== 'lost' || isShown) return
    isShown = true
    door.mount('#app')
  })
  return () => {
    stop()
    if (isShown) door.unmount()
  }
}

/** What a person will ask for next, in moments in which nobody asks: the files of the other pages, the first charts, and texts. */
async function prepare(): Promise<void> {
  // In pieces, before a page needs all of it at once.
  await idleMoment()
  await import('./charts/basis.ts')
  await idleMoment()
  const { warmCharts } = await import('./charts/warm.ts')
  for (const page of pages) {
    await idleMoment()
    await loadPage(`/${page}`)
  }
  await warmCharts()
  await warmTexts()
}
