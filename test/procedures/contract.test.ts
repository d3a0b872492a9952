import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ORPCError } from '@orpc/client'
import { createRouterClient } from '@orpc/server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type OpenPageHost, openPageHost } from '../../src/main/page-host.ts'
import { procedures } from '../../src/main/procedures/index.ts'
import type { Procedure } from '../../src/main/procedures/procedure.ts'
import { router } from '../../src/main/router.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Contract, contract } from '../../src/shared/contract/index.ts'
import { type ErrorDocument, errorCodes } from '../../src/shared/errors.ts'
import { render } from '../../src/shared/phrase.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { changedAt, hostileTexts, invalidInputs, smallestInput } from './contract-inputs.ts'

// The contract and its implementation have the same areas with the same leaves, or this file does not compile.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
type LeavesOf<T> = { [Area in keyof T]: keyof T[Area] }
const _everyLeafIsImplemented: Same<LeavesOf<Contract>, LeavesOf<typeof procedures>> = true
void _everyLeafIsImplemented

interface Leaf {
  readonly name: string
  readonly procedure: Procedure
  readonly schema: z.ZodType
  readonly valid: unknown
}

/** What the fields of the contract name in the sample workspace. */
const names = {
  source: 'simulated',
  dataset: 'sample',
  run: 'first',
  runs: ['first', { run: 'first', adjustment: 0.125 }],
  user: 'user 01',
  behaviour: 'system: unlock screen',
  id: 1,
  output: 'written.csv',
  directory: 'written',
  files: ['none.csv'],
  name: 'written.csv',
  devices: ['cpu'],
}

/** Valid inputs where the smallest one that a schema describes is none, because fields depend on each other, or is refused in the sample workspace. */
const examples: Readonly<Record<string, unknown>> = {
  'logs.simulate': { events: 200, users: 4, source: 'again' },
  'logs.exportRejects': { source: 'simulated', output: 'rejects.csv' },
  'logs.exportEvents': { output: 'events.csv' },
  'logs.removeSource': { source: 'again' },
  'datasets.build': { name: 'second', length: 16 },
  'datasets.preview': { name: 'third' },
  'datasets.remove': { dataset: 'second' },
  'explore.searchNames': { kind: 'users', text: 'user', match: 'start' },
  'explore.events': { after: null },
  'runs.train': { dataset: 'sample', name: 'trained', model: { preset: 'nano' }, epochs: 1, device: 'cpu' },
  'runs.resume': { run: 'trained' },
  'runs.measure': {
    configuration: { dataset: 'sample', model: { preset: 'nano' }, device: 'cpu', steps: 5 },
    seconds: 0.2,
  },
  'runs.sizes': { dataset: 'sample', model: { preset: 'nano' }, device: 'cpu', steps: 5 },
  'runs.remove': { run: 'trained' },
  'evaluation.behaviours': { runs: ['first'] },
  'evaluation.exportTargets': { run: 'first', output: 'targets.csv' },
  'evaluation.writeTable': { columns: [{ name: 'figure', type: 'text' }], rows: [], output: 'table.csv' },
  'prediction.predict': { run: 'first', user: 'user 01' },
  'prediction.inspect': { run: 'first', sequence: { stored: { user: 'user 01', events: 5 } } },
  'prediction.readSequence': { run: 'first', text: 'time,event\n2025-03-01T08:00:00,system: unlock screen\n' },
  'review.create': { name: 'second', source: 'simulated', count: 2 },
  'review.setLabels': {
    project: 1,
    schemaVersion: 1,
    labels: [{ name: 'odd', scope: 'sequence', key: '1', colour: '#b3261e' }],
  },
  'review.join': { project: 1, reviewer: 'Ada' },
  'review.queue': { project: 1, reviewer: 'Ada' },
  'review.item': { project: 1, reviewer: 'Ada', position: 0 },
  'review.act': { project: 1, reviewer: 'Ada', version: 0, position: 0, action: { kind: 'accept' } },
  'review.undo': { project: 1, reviewer: 'Ada', version: 1 },
  'review.redo': { project: 1, reviewer: 'Ada', version: 2 },
  'review.exportLabels': { project: 1, format: 'csv', output: 'labels.csv' },
  // Of another platform, which is found out without measuring anything.
  'doctor.probe': { devices: [process.platform === 'win32' ? 'coreml' : 'dml'] },
  'doctor.check': { devices: [process.platform === 'win32' ? 'coreml' : 'dml'] },
}

/**
 * Why the sample workspace refuses a valid input; it answers that of every other leaf. There are no dialogs, no folder is allowed, no person chose a
 * file, the job is done and the event no target.
 */
const refusedHere: Readonly<Record<string, ErrorDocument['code']>> = {
  'files.choose': 'usage',
  'files.browse': 'usage',
  'files.save': 'usage',
  'jobs.cancel': 'conflict',
  'jobs.pause': 'conflict',
  'logs.columns': 'usage',
  'logs.preview': 'usage',
  'logs.importLog': 'usage',
  'evaluation.sequence': 'not-found',
}

const leaves: Leaf[] = Object.entries(contract).flatMap(([area, members]) =>
  Object.entries(members).map(([member, leaf]) => {
    const name = `${area}.${member}`
    const schema = (leaf as { '~orpc': { inputSchema: z.ZodType } })['~orpc'].inputSchema
    const procedure = (procedures as unknown as Record<string, Record<string, Procedure>>)[area]?.[member]
    return { name, procedure, schema, valid: examples[name] ?? smallestInput(schema, names) }
  }),
)

let directory: string
let opened: OpenPageHost

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'behavegpt-contract-'))
  opened = openPageHost(path.join(directory, 'workspace'), { kind: 'web' })
  const { host } = opened
  await host.run('simulate', { events: 3_000, users: 20 }, silentContext)
  await host.run('build-dataset', { name: 'sample', length: 16 }, silentContext)
  const training = { dataset: 'sample', name: 'first', model: { preset: 'nano' as const }, steps: 5 }
  await host.run('train', { ...training, device: 'cpu' }, silentContext)
  for (const adjustment of [0, 0.125])
    await host.run('evaluate', { run: 'first', adjustment, bootstrapSamples: 20 }, silentContext)
  await host.run('score', { run: 'first', top: 2 }, silentContext)
  await host.run('create-review', { name: 'first', source: 'simulated', length: 8, count: 4 }, silentContext)
}, 120_000)

afterAll(async () => {
  await opened?.close()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
}, 60_000)

/** Asks as a page does. */
async function ask({ name }: Leaf, input: unknown): Promise<unknown> {
  const client = createRouterClient(router, { context: { host: opened.host } })
  const [area, member] = name.split('.')
  const call = (client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[area][member]
  return await call(input)
}

/** The document of an error, in English. */
interface Refusal {
  code: ErrorDocument['code']
  message: string
  hint: string | undefined
}

/** Why a call was refused; undefined when it was answered. What goes on is ended. */
async function refusal(leaf: Leaf, input: unknown): Promise<Refusal | undefined> {
  try {
    const answer = await ask(leaf, input)
    if (isStream(answer)) await answer.return?.(undefined)
    else if (leaf.procedure.job !== undefined) await endJob((answer as { id: number }).id)
    return undefined
  } catch (error) {
    expect(error, `${leaf.name} throws what a page understands`).toBeInstanceOf(ORPCError)
    const { code, message, hint } = (error as ORPCError<string, ErrorDocument>).data
    return { code, message: render(message), hint: hint && render(hint) }
  }
}

const isStream = (value: unknown): value is AsyncGenerator =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function endJob(id: number): Promise<void> {
  try {
    opened.jobs.cancel(id)
  } catch {
    // It has ended already.
  }
  await expect.poll(() => opened.jobs.find(id).state, { timeout: 20_000 }).not.toMatch(/queued|running/)
}

/** Everything that the workspace holds: each row and each byte. */
function contentOf(): string {
  const hash = createHash('sha256')
  using workspace = openWorkspace(path.join(directory, 'workspace'), { mode: 'read' })
  const tables = workspace.database
    .query<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
  for (const { name } of tables) {
    hash.update(`table ${name}\n`)
    for (const row of workspace.database.iterate(`SELECT * FROM "${name}"`)) hash.update(JSON.stringify(row))
  }
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true }).sort((a, b) =>
    path.join(a.parentPath, a.name) < path.join(b.parentPath, b.name) ? -1 : 1,
  )) {
    if (!file.isFile() || file.name.startsWith('workbench.db')) continue
    const whole = path.join(file.parentPath, file.name)
    hash.update(`file ${whole}\n`).update(readFileSync(whole))
  }
  return hash.digest('hex')
}

test('every leaf of the contract is implemented and exposed, and nothing else is', () => {
  const listed = (tree: object) =>
    Object.entries(tree)
      .flatMap(([area, members]) => Object.keys(members as object).map((name) => `${area}.${name}`))
      .sort()
  expect(listed(procedures)).toEqual(listed(contract))
  expect(listed(router)).toEqual(listed(contract))
})

test('each valid input is one: others need an example in this file', () => {
  const refused = leaves.filter(({ schema, valid }) => !schema.safeParse(valid).success)
  expect(refused.map(({ name, valid }) => `${name} ${JSON.stringify(valid)}`)).toEqual([])
})

describe('an invalid input', () => {
  test.each(leaves)('of $name is refused with code, message and hint, and nothing changes', async (leaf) => {
    const before = contentOf()
    await fc.assert(
      fc.asyncProperty(invalidInputs(leaf.schema, leaf.valid), async (input) => {
        const document = await refusal(leaf, input)
        expect(document).toMatchObject({
          code: 'usage',
          message: expect.stringMatching(/\S/),
          hint: expect.stringMatching(/\S/),
        })
      }),
      { numRuns: 30 },
    )
    expect(contentOf()).toBe(before)
  })
})

describe('a file that no person chose', () => {
  const naming = leaves.flatMap((leaf) =>
    [...(leaf.procedure?.paths?.read ?? []), ...(leaf.procedure?.paths?.write ?? [])].map((field) => ({
      ...leaf,
      field,
    })),
  )
  test.each(naming)('cannot be named as $field of $name', async ({ field, ...leaf }) => {
    const before = contentOf()
    for (const named of [
      '/etc/passwd',
      '../../workbench.db',
      'workbench.db/../../x',
      'a/b.csv',
      '.hidden',
      'C:\\x',
      'a\0b',
    ]) {
      const input = changedAt(leaf.valid, [field], (old) => (Array.isArray(old) ? [named] : named))
      expect(await refusal(leaf, input), named).toMatchObject({ code: 'usage', message: /./, hint: /./ })
    }
    expect(contentOf()).toBe(before)
  })
})

describe('a valid input', () => {
  const hasTexts = leaves.filter(
    ({ procedure, valid }) => procedure.job === undefined && JSON.stringify(valid).includes('":"'),
  )

  test.each(hasTexts)(
    'of $name with hostile names is answered or refused for a reason, never a defect',
    async (leaf) => {
      for (const [field, value] of Object.entries(leaf.valid as object)) {
        if (typeof value !== 'string') continue
        for (const text of textsForNextField()) {
          const document = await refusal(
            leaf,
            changedAt(leaf.valid, [field], () => text),
          )
          if (document !== undefined) expect(errorCodes, `${field}: ${document.message}`).toContain(document.code)
        }
      }
    },
  )

  /** Answers come from processes here and there: each field is tried with an eighth of the texts, another one than the field before. */
  function textsForNextField(): string[] {
    const turn = turns++ % 8
    return hostileTexts.filter((_, index) => index % 8 === turn)
  }
  let turns = 0

  // What removes comes last.
  const inOrder = [...leaves].sort((a, b) => Number(/remove/.test(a.name)) - Number(/remove/.test(b.name)))
  test.each(inOrder)('of $name is answered, or refused for the reason that is known', async (leaf) => {
    const document = await refusal(leaf, leaf.valid)
    expect(document?.code, document?.message).toBe(refusedHere[leaf.name])
  })
})
