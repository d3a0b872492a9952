/** A process that has another one launched, as a training has the doctor's probes: passes on what that one says, and how it ended. */
import { launch } from '../../src/main/launch/launch.ts'
import { parentProcess } from '../../src/main/launch/parent.ts'

const parent = parentProcess()!
const [role] = process.argv.slice(2)
if (role === 'inner') {
  parent.onMessage(async (message) => {
    if (message === 'crash') process.abort()
    await parent.send({ heard: message, floats: new Float32Array([1.5]) })
    process.stderr.write('last words\n')
    process.exit(3)
  })
} else {
  parent.onMessage((message) => {
    const inner = launch(import.meta.filename, ['inner'], {
      onStarted(started) {
        if (message === 'wait') void parent.send({ started })
        else inner.send(message)
      },
      onMessage: (told) => void parent.send({ inner: told }),
      onEnded: async (end) => {
        await parent.send({ end })
        process.exit(0)
      },
    })
  })
}
