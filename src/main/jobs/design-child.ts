/** Main module of the process that says what a training would need: its argument is the workspace. */
import { openWorkspace } from '../storage/workspace.ts'
import { estimateSizes } from '../training/sizes.ts'
import type { DesignMethods } from './design-process.ts'
import { answerQuestions } from './questions.ts'

const [directory] = process.argv.slice(2)
const answers: DesignMethods = {
  async sizes(configuration) {
    // Opened for each question: datasets come and go between two.
    using workspace = openWorkspace(directory, { mode: 'read' })
    return estimateSizes(workspace, configuration)
  },
}
answerQuestions({ ...answers })
