import { z } from 'zod'
import type { JobContext } from '../../shared/progress.ts'
import type { Workbench } from '../workbench.ts'

/** What a command gives back: the one JSON document of `--json`, or the text for a person. */
export interface CommandOutput {
  document: unknown
  text: string
}

/** One option of a command. What it allows and its default are read from the schema of the command's input. */
export interface OptionSpecification {
  /** As Commander writes them: `--batch <n>`, `--resume <run>`, `--dry-run`, `--no-habit`. */
  flags: string
  description: string
  /** Dotted path in the command's input: `model.preset`. */
  path: string
  /** Turns the text into the value at the path, for texts that the schema's own type does not explain; throws an Error that says what is allowed. */
  parse?: (text: string) => unknown
  /** The default in words, where the schema's says too little. */
  standard?: string
  /** Nothing else may be given besides this option, but for the options at these paths. */
  aloneWith?: readonly string[]
}

export interface ArgumentSpecification {
  /** `<run>`, `[file]`, `<files...>`. */
  syntax: string
  description: string
  path: string
}

/** One command, complete: cli/program.ts makes it Commander's, checks the input against the schema and names options in its errors. */
export interface CommandSpecification<Input extends z.ZodType = z.ZodType> {
  /** `train`, `dataset build`. */
  name: string
  summary: string
  /** Shown below the summary in the command's own help. */
  description?: string
  /** Command lines without `behavegpt`. */
  examples: readonly string[]
  arguments?: readonly ArgumentSpecification[]
  options?: readonly OptionSpecification[]
  input: Input
  run(workbench: Workbench, input: z.output<Input>, context: JobContext): Promise<CommandOutput>
}

/** Keeps the types of a specification together, and forgets them for the list of all commands. */
export function command<Input extends z.ZodType>(specification: CommandSpecification<Input>): CommandSpecification {
  return specification as unknown as CommandSpecification
}

interface JsonSchema {
  type?: string
  enum?: readonly string[]
  default?: unknown
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  anyOf?: readonly JsonSchema[]
}

/** What the schema says about the value at a dotted path: its type, the values allowed and its default; undefined when it knows no such path. */
export function describeField(
  schema: z.ZodType,
  path: string,
): { type: string; choices?: readonly string[]; standard?: unknown } | undefined {
  let field: JsonSchema | undefined = jsonSchemaOf(schema)
  for (const key of path.split('.')) field = field?.properties?.[key]
  if (field === undefined) return undefined
  const value = field.type === 'array' ? (field.items ?? {}) : (field.anyOf?.[0] ?? field)
  return { type: value.type ?? 'string', choices: value.enum, standard: field.default }
}

const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>()

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = jsonSchemas.get(schema)
  if (known !== undefined) return known
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  jsonSchemas.set(schema, made)
  return made
}
