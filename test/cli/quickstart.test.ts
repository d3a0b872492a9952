import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { QuickstartResult } from '../../src/main/cli/quickstart.ts'
import { CliFolder } from './run-cli.ts'

const folder = new CliFolder()
afterAll(() => folder[Symbol.dispose]())

test.each(['quickstart', 'import'])('%s of a file that is not there leaves no workspace behind', async (name) => {
  using empty = new CliFolder()
  const { code, stderr } = await empty.run([name, 'nothing.csv'])
  expect(stderr).toContain('There is no file nothing.csv.')
  expect(code).toBe(1)
  expect(existsSync(empty.workspace)).toBe(false)
})

test('a quickstart leads from a file to figures, a report and a model, and says what to do next', async () => {
  const lines = Array.from({ length: 400 }, (_, event) => {
    const time = new Date(Date.UTC(2024, 0, 1) + event * 1_000_000).toISOString().slice(0, 19)
    return `user ${event % 8},${time},${['unlock', 'message', 'video', 'music'][(event * event + (event % 7)) % 4]}`
  })
  writeFileSync(path.join(folder.directory, 'log.csv'), `who,when,what\n${lines.join('\n')}\n`)
  const words = 'quickstart log.csv --user-column who --time-column when --event-column what --minutes 0.2'.split(' ')

  const made = await folder.run([...words, '--json'])
  expect(made.code, made.stderr).toBe(0)
  const result = made.document() as QuickstartResult
  expect(result).toMatchObject({ simulated: false, source: { name: 'log', events: 400, rejected: 0 } })
  expect(result.comparison).toMatchObject({
    reference: { run: { objective: { name: 'ce' } }, targets: 40 },
    others: [{ evaluation: { run: { objective: { name: 'dro-kl' } }, targets: 40 } }],
  })
  expect(readFileSync(result.report, 'utf8')).toContain('<html')
  expect(existsSync(result.model)).toBe(true)
  expect(result.next.map(({ command }) => command)).toContainEqual(
    expect.stringMatching(/bin\/behavegpt'? predict --run \S*dro-kl --user USER$/),
  )
})
