import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forkProcess } from '../../src/main/launch/fork.ts'
import { setLauncher } from '../../src/main/launch/launch.ts'
import type { PageHost } from '../../src/main/procedures/procedure.ts'
import { createWorkbench } from '../../src/main/workbench.ts'
import { silentContext } from '../../src/shared/progress.ts'

let folder: string
let launched: Record<string, string | undefined>

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'behavegpt-priorities-'))
  launched = {}
  setLauncher((module, parameters, options) => {
    launched[path.parse(module).name] = options.priority
    return forkProcess(module, parameters, options)
  })
})
afterEach(() => {
  setLauncher(forkProcess)
  rmSync(folder, { recursive: true, force: true })
})

/** Asks a host for something that a process of its own finds out; the workspace does not exist, which is what it says. */
async function ask(page: PageHost | undefined): Promise<void> {
  const { host } = createWorkbench(path.join(folder, 'workspace'), page)
  await expect(host.run('event-anchors', { sources: [] }, silentContext)).rejects.toMatchObject({ code: 'not-found' })
  const run = { run: 'none', checkpoint: 'best' } as const
  await expect(host.desks.ask(run, 'describe', undefined, silentContext.signal)).rejects.toThrow()
  host.desks.close()
}

test('what a page asks for stands behind the page', async () => {
  await ask({} as PageHost)
  expect(launched).toEqual({ child: 'answer', 'desk-child': 'answer' })
})

test('what a person at the command line waits for stands behind nothing', async () => {
  await ask(undefined)
  expect(launched.child).toBeUndefined()
})
