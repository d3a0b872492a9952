/** Desktop host: the workbench in a window of its own. */
import { app } from 'electron'
import { DesktopApplication } from './desktop/application.ts'
import { registerScheme } from './desktop/protocol.ts'
import { secureApplication } from './desktop/security.ts'
import { isOnlyInstance, ownWords } from './desktop/single-instance.ts'

// What must be decided before the application is ready stands before the first wait.
app.enableSandbox()
registerScheme()
secureApplication()

const application = new DesktopApplication()
if (isOnlyInstance((words, folder) => void application.takeSecondStart(words, folder))) {
  app.on('open-file', (event, file) => {
    event.preventDefault()
    void application.openFile(file)
  })
  app.on('activate', () => application.showWindow())
  app.on('before-quit', (event) => application.quit(event))
  app.on('will-quit', (event) => application.finish(event))
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  void app.whenReady().then(() => application.start(ownWords(), process.cwd()))
} else app.quit()
