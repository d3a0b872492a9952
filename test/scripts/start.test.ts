import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'

const root = path.join(import.meta.dirname, '../..')
const script = path.join(root, 'scripts/start.mjs')

/** A person's shell in a folder, in which npm was not asked for anything. */
function environment(folder: string, extra: Record<string, string>) {
  const { BEHAVEGPT_WORKSPACE: _workspace, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env
  return { ...rest, INIT_CWD: folder, ...extra }
}

test('npm start opens Electron on the workspace of the folder in which it was typed', () => {
  const folder = temporaryFolder()
  writeFileSync(path.join(folder, 'electron'), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n', { mode: 0o755 })
  const env = environment(folder, { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':0' })
  const start = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { env, encoding: 'utf8' })
  const opened = start()
  expect(opened.stdout.trim().split('\n')).toEqual([`${root}/`, '--workspace', path.join(folder, 'workspace')])
  expect(opened.status, 'ends as the desktop does').toBe(7)
  expect(start('--workspace', 'mine').stdout).toContain(path.join(folder, 'mine'))
})

test('an option that the desktop has not is refused', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--port', '3'], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toMatch(/error: --port 3 is not understood.\nhint: .*--web/)
})

test('without Electron’s program it says so in one line and opens the web host, which ends with it', async () => {
  const folder = temporaryFolder()
  const env = environment(folder, { ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'none') })
  const child = spawn(process.execPath, [script], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGTERM'))
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const address = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve))
  expect(told).toMatch(
    /^No desktop: Electron's program is not in .*none .*Opening the workbench for a browser instead\.$/m,
  )
  expect((await fetch(address.trim(), { redirect: 'manual' })).status).toBe(302)
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await expect(fetch(address.trim())).rejects.toThrow()
})
