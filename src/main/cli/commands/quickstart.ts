import { quickstart, quickstartInput } from '../quickstart.ts'
import { quickstartText } from '../quickstart-text.ts'
import { command } from '../specification.ts'
import { mappingOptions } from './import.ts'

export const quickstartCommands = [
  command({
    name: 'quickstart',
    summary: 'from a log to a report: import, dataset, two trainings, comparison, export',
    description:
      'Without FILE, on a simulated smartphone log. Trains with plain cross-entropy (ce) and with a distributionally robust objective\n(dro-kl), as long as the time allows, compares both on the test period, writes an HTML report and exports the second model.',
    examples: [
      'quickstart',
      'quickstart events.csv.gz --time-column ts --timezone Asia/Jakarta',
      'quickstart --minutes 1',
    ],
    arguments: [{ syntax: '[file]', description: 'your log (default: a simulated one)', path: 'file' }],
    options: [
      ...mappingOptions,
      { flags: '--max-rejects <n>', description: 'stop when more rows than this are refused', path: 'maximumRejects' },
      {
        flags: '--minutes <n>',
        description: 'time for everything; the trainings take what the rest leaves',
        path: 'minutes',
      },
      { flags: '--preset <name>', description: 'size of the models', path: 'preset' },
      { flags: '--rho <x>', description: 'radius of the KL ball of dro-kl', path: 'rho' },
      { flags: '--seed <n>', description: 'seed of everything', path: 'seed' },
    ],
    input: quickstartInput,
    run: async (workbench, input, context) => {
      const document = await quickstart(workbench, input, context)
      return { document, text: quickstartText(document) }
    },
  }),
]
