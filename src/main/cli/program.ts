import assert from 'node:assert/strict'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { z } from 'zod'
import { WorkbenchError } from '../../shared/errors.ts'
import { verbatim } from '../../shared/phrase.ts'
import { type CommandSpecification, describeField, type OptionSpecification } from './specification.ts'

/** What was asked for on the command line, checked and ready to run. */
export interface Request {
  specification: CommandSpecification
  /** Workspace directory. */
  workspace: string
  json: boolean
  input: unknown
}

/** An empty variable is none, as shells have it. */
export const defaultWorkspace = () => process.env.BEHAVEGPT_WORKSPACE || 'workspace'

/**
 * The command line as Commander knows it. `onRequest` is called with the checked request of the command that was typed.
 * Wrong usage throws WorkbenchError `usage`, or Commander's own CommanderError.
 */
export function createProgram(
  specifications: readonly CommandSpecification[],
  version: string,
  onRequest: (request: Request) => Promise<void>,
): Command {
  const program = new Command('behavegpt')
    .description('Pretrain, inspect and serve foundation models of user behaviour, offline, on your own machine.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      'after',
      `\nEvery command takes --workspace DIR, --json and --help.\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled.\nFirst steps: behavegpt quickstart`,
    )
  for (const specification of specifications) addCommand(program, specification, onRequest)
  for (const group of program.commands.filter(({ commands }) => commands.length > 0))
    explainGroup(group, specifications)
  return program
}

/** What a group's own help says beyond its commands: `jobs` alone is a command, too. */
function explainGroup(group: Command, specifications: readonly CommandSpecification[]): void {
  const members = specifications.filter(({ name }) => name.startsWith(`${group.name()} `))
  const examples = members.map((each) => each.examples[0])
  const isListed = members.some(({ name }) => name.endsWith(' list'))
  group.addHelpText(
    'after',
    `\n${isListed ? 'Without a command: list. ' : ''}Every command takes --workspace DIR, --json and --help.\n\n${examplesText(examples)}`,
  )
}

const examplesText = (examples: readonly string[]) =>
  ['Examples:', ...examples.map((line) => `  behavegpt ${line}`)].join('\n')

function addCommand(
  program: Command,
  specification: CommandSpecification,
  onRequest: (request: Request) => Promise<void>,
): void {
  const { parent, name } = parentOf(program, specification.name)
  const subject = parent.command(name, { isDefault: name === 'list' }).summary(specification.summary)
  subject.description([specification.summary, specification.description].filter(Boolean).join('\n\n'))
  for (const { syntax, description, path } of specification.arguments ?? []) {
    const argument = new Argument(syntax, description)
    if (isNumeric(specification, path)) argument.argParser((text) => toNumber(text, true))
    subject.addArgument(argument)
  }
  const options = (specification.options ?? []).map((option) => ({ option, made: makeOption(specification, option) }))
  for (const { made } of options) subject.addOption(made)
  subject
    .option('--workspace <directory>', 'folder that holds logs, datasets and runs', defaultWorkspace())
    .option('--json', 'print exactly one JSON document on standard output')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', `\n${examplesText(specification.examples)}`)
  subject.action(async () => {
    const values = subject.opts()
    if (values.workspace === '')
      throw new WorkbenchError(
        'usage',
        verbatim('--workspace: it must not be empty.'),
        verbatim('Name a folder, such as . for the one you are in.'),
      )
    const raw: Record<string, unknown> = {}
    for (const [index, { path }] of (specification.arguments ?? []).entries()) {
      put(raw, path, subject.processedArgs[index])
    }
    const given = options.filter(
      ({ made }) => !['default', undefined].includes(subject.getOptionValueSource(made.attributeName())),
    )
    refuseCompany(given.map(({ option }) => option))
    for (const { option, made } of given) {
      const value = values[made.attributeName()]
      put(raw, option.path, value instanceof Parsed ? value.value : value)
    }
    await onRequest({
      specification,
      workspace: values.workspace,
      json: values.json === true,
      input: check(specification, raw),
    })
  })
}

/** @throws WorkbenchError `usage` when an option that stands alone was given with another */
function refuseCompany(given: readonly OptionSpecification[]): void {
  for (const alone of given) {
    const allowed = alone.aloneWith
    const other = given.find(({ path }) => allowed !== undefined && path !== alone.path && !allowed.includes(path))
    if (other === undefined) continue
    throw new WorkbenchError(
      'usage',
      verbatim(`${flagOf(alone)} and ${flagOf(other)} exclude each other.`),
      verbatim(`Give ${flagOf(alone)} alone: everything else is decided already.`),
    )
  }
}

/** `--batch <n>` -> `--batch`. */
const flagOf = ({ flags }: OptionSpecification) => flags.split(/[ ,]+/).find((word) => word.startsWith('--'))

/** `dataset build` is a command of the group `dataset`. */
function parentOf(program: Command, path: string): { parent: Command; name: string } {
  const [first, second] = path.split(' ')
  if (second === undefined) return { parent: program, name: first }
  const known = program.commands.find((command) => command.name() === first)
  const parent =
    known ??
    program
      .command(first)
      .summary(groupSummaries[first])
      .description(groupSummaries[first])
      .helpCommand(false)
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      .configureOutput({ outputError: () => {} })
  return { parent, name: second }
}

const groupSummaries: Record<string, string> = {
  dataset: 'build, list, inspect and remove datasets',
  sources: 'list, inspect and remove imported logs',
  runs: 'list, inspect and remove training runs',
  jobs: 'list long work: running, ended and interrupted',
  workspace: 'free a workspace that was left locked',
}

function makeOption(specification: CommandSpecification, option: OptionSpecification): Option {
  const field = describeField(specification.input, option.path)
  assert(field !== undefined, `${specification.name} ${option.flags}: the input has no field ${option.path}`)
  const { type, choices, standard } = field
  const told = option.standard ?? (option.flags.includes('<') ? standardText(standard) : undefined)
  const made = new Option(
    option.flags,
    told === undefined ? option.description : `${option.description} (default: ${told})`,
  )
  if (option.parse !== undefined) {
    const { parse } = option
    made.argParser((text, previous) => {
      try {
        return new Parsed(merge(previous instanceof Parsed ? previous.value : undefined, parse(text)))
      } catch (error) {
        throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
      }
    })
  } else if (choices !== undefined && !made.variadic) made.choices(choices)
  else if (type === 'number' || type === 'integer') made.argParser((text) => toNumber(text, type === 'integer'))
  return made
}

function isNumeric(specification: CommandSpecification, path: string): boolean {
  return ['number', 'integer'].includes(describeField(specification.input, path)?.type ?? '')
}

function toNumber(text: string, whole: boolean): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(number)) throw new InvalidArgumentError('It must be a number.')
  if (whole && !Number.isInteger(number)) throw new InvalidArgumentError('It must be a whole number.')
  return number
}

function standardText(standard: unknown): string | undefined {
  if (standard === undefined || typeof standard === 'object' || typeof standard === 'boolean') return undefined
  return String(standard)
}

/** A value on its way through Commander, which would make an empty text of null. */
class Parsed {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** Options that may be given several times add up: `--parameter rho=.1 --parameter tau=1`. */
function merge(previous: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return [...((previous as unknown[] | undefined) ?? []), ...value]
  if (isRecord(previous) && isRecord(value)) return { ...previous, ...value }
  return value
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const isMissing = value === undefined || (Array.isArray(value) && value.length === 0)
  if (isMissing) return
  const keys = path.split('.')
  const last = keys.pop()!
  let place = target
  for (const key of keys) {
    place[key] ??= {}
    place = place[key] as Record<string, unknown>
  }
  place[last] = merge(place[last], value)
}

/** The input that the schema accepts, or a `usage` error that names options and arguments as they are typed. */
function check(specification: CommandSpecification, raw: unknown): unknown {
  const parsed = specification.input.safeParse(raw)
  if (parsed.success) return parsed.data
  throw new WorkbenchError(
    'usage',
    verbatim(parsed.error.issues.map((issue) => describeIssue(specification, raw, issue)).join('\n')),
    verbatim(`behavegpt ${specification.name} --help shows what is allowed.`),
  )
}

function describeIssue(specification: CommandSpecification, raw: unknown, issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  const within = (candidate: string) => path === candidate || path.startsWith(`${candidate}.`)
  const argument = specification.arguments?.find((each) => within(each.path))
  const option = specification.options?.find((each) => within(each.path))
  const given = issue.path.reduce<unknown>((value, key) => Object(value)[key], raw)
  const isRefusedType = issue.code === 'invalid_type' || issue.code === 'invalid_value'
  if (given === undefined && isRefusedType && option !== undefined) {
    return option.standard === undefined
      ? `The option ${option.flags} is missing.`
      : `The option ${option.flags} is missing: ${option.standard}, which it is without, does not go with the other options.`
  }
  const named = argument?.syntax ?? (option && flagOf(option)) ?? path
  return named === '' ? issue.message : `${named}: ${limitText(issue)}.`
}

/** What a limit says, without the library's words for types. */
function limitText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.origin === 'array') return `at least ${issue.minimum} are needed`
  if (issue.code === 'too_small' && issue.origin === 'string') return 'it must not be empty'
  if (issue.code === 'too_small') return `it must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
  if (issue.code === 'too_big') return `it must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
  return issue.message
}
