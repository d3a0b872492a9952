import { render } from '../../../shared/phrase.ts'
import * as doctor from '../../procedures/doctor.ts'
import { count, facts } from '../format.ts'
import { command } from '../specification.ts'

type Findings = Awaited<ReturnType<typeof doctor.probe.handler>>

export const doctorCommands = [
  command({
    name: 'doctor',
    summary: 'try every device: what works, what does not, why, and how fast',
    description:
      'Each device is tried in a process of its own with a tiny training step, which is compared with the cpu; then with several steps in each call.',
    examples: ['doctor', 'doctor --device webgpu cuda --json'],
    options: [
      { flags: '--device <name...>', description: 'try only these', path: 'devices', standard: 'all' },
      { flags: '--threads <n>', description: 'threads of the cpu device', path: 'threads', standard: 'the cores' },
      { flags: '--timeout <seconds>', description: 'give a device up after this time', path: 'timeoutSeconds' },
    ],
    input: doctor.probe.input,
    run: async (workbench, input, context) => {
      const findings = await workbench.call(doctor.probe, input, context)
      return {
        document: { node: process.version, platform: process.platform, architecture: process.arch, devices: findings },
        text: findingsText(findings),
      }
    },
  }),
]

function severalStepsText({
  stepsPerCall,
  works,
  reason,
  tokensPerSecond,
}: NonNullable<Findings[number]['severalSteps']>) {
  if (!works) return `with --steps-per-call ${stepsPerCall} it does not work: ${render(reason)}`
  return `${count(tokensPerSecond!)} tokens/s with --steps-per-call ${stepsPerCall}`
}

function findingsText(findings: Findings): string {
  const sections = findings.map((finding) =>
    [
      `${finding.device}: ${finding.works ? 'works' : 'does not work'}`,
      `  ${render(finding.reason)}`,
      ...(finding.tokensPerSecond === undefined ? [] : [`  ${count(finding.tokensPerSecond)} tokens/s in training`]),
      ...(finding.severalSteps === undefined ? [] : [`  ${severalStepsText(finding.severalSteps)}`]),
      ...(finding.remedy === undefined ? [] : [`  What to do: ${render(finding.remedy)}`]),
    ].join('\n'),
  )
  const environment = facts([
    ['Node', process.version],
    ['system', `${process.platform} ${process.arch}`],
  ])
  return [environment, ...sections].join('\n\n')
}
