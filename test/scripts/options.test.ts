import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '../..')

const run = (script: string, ...words: string[]) =>
  spawnSync(process.execPath, [path.join(root, 'scripts', script), ...words], { encoding: 'utf8' })

describe.each([
  ['pack-list.mjs', 'npm run pack:list', '--target'],
  ['screenshots.mjs', 'npm run screenshots', '--workspace'],
])('the script %s', (script, command, option) => {
  test.each(['--help', '-h'])('prints its usage for %s', (word) => {
    const { status, stdout, stderr } = run(script, word)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.split('\n')[0]).toContain(`${command} [-- OPTIONS]`)
    expect(stdout).toContain(option)
  })

  test.each([
    [['--frobnicate'], "error: Unknown option '--frobnicate'."],
    [['word'], "error: Unexpected argument 'word'."],
    [[option], /^error: Option '--\w+ <value>' argument missing\.$/],
  ])('says in one line what it does not understand of %j, and then its usage', (words, line) => {
    const { status, stdout, stderr } = run(script, ...words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    const [first, empty, usage] = stderr.split('\n')
    expect(first).toMatch(line)
    expect(empty).toBe('')
    expect(usage).toContain(`${command} [-- OPTIONS]`)
  })
})

test('a target that is none is told as any wrong usage is', () => {
  const { status, stderr } = run('pack-list.mjs', '--target', 'beos-x64')
  expect(status).toBe(2)
  expect(stderr).toMatch(/^error: beos-x64 is no target\.\n\nnpm run pack:list/)
})

test('the review of the pictures has a name that no other review has', async () => {
  const { freeName }: { freeName(wanted: string, taken: readonly string[]): string } = await import(
    pathToFileURL(path.join(root, 'scripts/free-name.mjs')).href
  )
  expect(freeName('Rare', [])).toBe('Rare')
  expect(freeName('Rare', ['Rare'])).toBe('Rare 2')
  expect(freeName('Rare', ['Rare 2', 'Other', 'Rare'])).toBe('Rare 3')
})
