/** Main module of the processes that keep a run open for predictions: arguments are the workspace, the run's id and the checkpoint. */
import { PredictionDesk } from '../prediction/desk.ts'
import type { DeskMethods } from './desks.ts'
import { answerQuestions } from './questions.ts'

const [directory, run, checkpoint] = process.argv.slice(2)
let desk: PredictionDesk | undefined
// Opened by the first question, whose answer then tells what is wrong.
const open = () => {
  desk ??= new PredictionDesk(directory, { run, checkpoint: checkpoint as 'best' | 'last' })
  return desk
}
const answers: DeskMethods = {
  describe: () => open().describe(),
  names: (input) => open().names(input),
  history: (input) => open().history(input),
  surprise: (input) => open().surprise(input),
  inspect: (input) => open().inspect(input),
  readSequence: (input) => open().readSequence(input),
}
answerQuestions(answers)
