/** Main module of the process that answers questions about stored evaluations: its argument is the workspace. */
import { EvaluationDesk } from '../evaluation/desk.ts'
import type { EvaluationMethods } from './evaluation-process.ts'
import { answerQuestions } from './questions.ts'

const [directory] = process.argv.slice(2)
let desk: EvaluationDesk | undefined
// Opened by the first question, whose answer then tells what is wrong.
const open = () => {
  desk ??= new EvaluationDesk(directory)
  return desk
}
const answers: EvaluationMethods = {
  behaviours: (input) => open().behaviours(input),
  confusions: (input) => open().confusions(input),
  targets: (input) => open().targets(input),
  sequence: (input) => open().sequence(input),
  writeTable: (input) => open().writeTable(input),
  exportTargets: (input) => open().exportTargets(input),
}
answerQuestions(answers)
