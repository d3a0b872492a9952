/** Main module of processes that stay, for the tests. The argument is added to what is asked. */

import { setTimeout as sleep } from 'node:timers/promises'
import { answerQuestions } from '../../src/main/jobs/questions.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import { phrase } from '../../src/shared/phrase.ts'

let asked = 0
const answers = {
  add: async (value: number): Promise<{ sum: number; asked: number; pid: number }> => ({
    sum: value + Number(process.argv[2]),
    asked: ++asked,
    pid: process.pid,
  }),
  slow: async (milliseconds: number) => {
    await sleep(milliseconds)
    return ++asked
  },
  refuse: async () => {
    throw new WorkbenchError('input', phrase`line ${3} is wrong`, phrase`repair it`)
  },
  crash: async () => {
    process.stderr.write('assertion failed in native code\n')
    process.abort()
  },
}
export type TestMethods = typeof answers
answerQuestions(answers)
