import fc from 'fast-check'
import { z } from 'zod'

/** The part of a JSON schema that inputs are made from. */
interface JsonSchema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  default?: unknown
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
  prefixItems?: readonly JsonSchema[]
  minItems?: number
  anyOf?: readonly JsonSchema[]
  oneOf?: readonly JsonSchema[]
  allOf?: readonly JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  minimum?: number
  exclusiveMinimum?: number
}

/** The smallest input that a schema accepts. `names` are the values of fields that name something, by the field's name. */
export function smallestInput(schema: z.ZodType, names: Readonly<Record<string, unknown>>): unknown {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const make = (part: JsonSchema, field: string): unknown => {
    if (part.$ref !== undefined) return make(root.$defs?.[part.$ref.split('/').at(-1)!] ?? root, field)
    if (part.const !== undefined) return part.const
    if (part.enum !== undefined) return part.enum[0]
    const [first] = part.anyOf ?? part.oneOf ?? part.allOf ?? []
    if (first !== undefined) return make(first, field)
    if (part.type === 'object') {
      const required = (part.required ?? []).filter((key) => part.properties?.[key]?.default === undefined)
      return Object.fromEntries(
        required.map((key) => [key, key in names ? names[key] : make(part.properties?.[key] ?? {}, key)]),
      )
    }
    if (part.type === 'array') {
      if (part.prefixItems) return part.prefixItems.map((item) => make(item, field))
      return Array.from({ length: part.minItems ?? 0 }, () => make(part.items ?? {}, field))
    }
    if (part.type === 'number' || part.type === 'integer')
      return Math.max(part.minimum ?? 1, (part.exclusiveMinimum ?? 0) + 1, 1)
    if (part.type === 'boolean') return false
    if (part.type === 'null') return null
    return 'x'
  }
  return make(root, '')
}

/** Texts that break what is not careful: other folders, other commands, markup, and what terminals, files and databases end at. */
export const hostileTexts = [
  '',
  ' ',
  '../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\system32',
  'a\0b',
  "'; DROP TABLE sources; --",
  '$(touch /tmp/x)`touch /tmp/x`',
  '<img src=x onerror=alert(1)>',
  '=cmd|"/c calc"!A1',
  '\u202Etxt.exe',
  '__proto__',
  'constructor',
  '%s%n',
  'é'.repeat(10_000),
  '\uD800',
] as const

const wrongValues: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '1',
  [],
  [null],
  {},
  { nested: { deep: [] } },
  new Date(0),
  10n,
]
const anyWrong = fc.constantFrom(...wrongValues, ...hostileTexts)

type Path = readonly (string | number)[]

/** Every place in a value, the value itself first. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...inner.flatMap(([key, part]) => placesOf(part, [...path, key]))]
}

/** A copy in which one place holds something else; `undefined` in `change` takes it away. */
export function changedAt(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  const changed = changedAt((copy as never)[key], rest, change)
  if (changed === undefined) delete (copy as never)[key]
  else (copy as Record<string | number, unknown>)[key] = changed
  return copy
}

/**
 * Inputs that a schema refuses: a valid one in which something is missing, of a wrong type, out of range, hostile or too much; and no object at all. Besides the
 * fields that the valid one has, each of the schema's other fields is tried.
 */
export function invalidInputs(schema: z.ZodType, valid: unknown): fc.Arbitrary<unknown> {
  const shape = (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema).properties ?? {}
  const places = [...placesOf(valid), ...Object.keys(shape).map((key) => [key])].filter(({ length }) => length > 0)
  const wholes = fc.constantFrom(...wrongValues.filter((value) => value !== null && value !== undefined), 'text')
  const extra = fc
    .tuple(fc.constantFrom('extra', 'constructor', 'toString', 'Workspace'), anyWrong)
    .map(([key, value]) => ({ ...(valid as object), [key]: value ?? 1 }))
  const kinds: fc.Arbitrary<unknown>[] = [wholes, extra]
  if (places.length > 0) {
    const place = fc.constantFrom(...places)
    kinds.push(fc.tuple(place, anyWrong).map(([path, wrong]) => changedAt(valid, path, () => wrong)))
    kinds.push(place.map((path) => changedAt(valid, path, () => undefined)))
  }
  return fc.oneof(...kinds).filter((input) => !schema.safeParse(input).success)
}
