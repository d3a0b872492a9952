import { z } from 'zod'
import { render } from '../../../shared/phrase.ts'
import { freeLocks, type LockHolder } from '../../storage/locks.ts'
import { dateTime } from '../format.ts'
import { command } from '../specification.ts'

export const workspaceCommands = [
  command({
    name: 'workspace unlock',
    summary: 'free a workspace that a machine or container left locked that is gone for good',
    description:
      'Says which process holds the workspace, what it does there and since when, and frees nothing unless you name its machine or container with --gone.\nWhat a process of this machine holds is never freed: stop that one. A killed process of this machine holds nothing.',
    examples: ['workspace unlock', 'workspace unlock --gone gpu-container'],
    options: [
      {
        flags: '--gone <machine>',
        description: 'free what was locked there: nothing runs there any more',
        path: 'gone',
      },
    ],
    input: z.strictObject({ gone: z.string().min(1).optional() }),
    run: async (workbench, { gone }) => {
      const freed = workbench.host.write(({ database }) => freeLocks(database, gone))
      return { document: { freed }, text: freed.map(freedText).join('\n') || 'Nothing is locked.' }
    },
  }),
]

const freedText = ({ pid, machine, purpose, acquiredAt }: LockHolder) =>
  `Freed what process ${pid} on ${machine} held since ${dateTime(acquiredAt)} UTC: ${render(purpose)}.`
