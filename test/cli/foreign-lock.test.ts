import { describe, expect, onTestFinished, test } from 'vitest'
import { commandIn, leaveForeignLock } from '../support/foreign-lock.ts'
import { CliFolder } from './run-cli.ts'

const simulate = ['simulate', '--events', '200', '--users', '4']

describe.runIf(process.platform === 'linux')('a lock that a killed container left', () => {
  function folderWithLock(name: string): CliFolder {
    const folder = new CliFolder()
    onTestFinished(() => folder[Symbol.dispose]())
    leaveForeignLock(folder.workspace, name)
    return folder
  }

  /** Does what the refusal says. */
  async function follow(folder: CliFolder, hint: string): Promise<void> {
    const { code, stdout, stderr } = await folder.run(commandIn(hint))
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(
      'Freed what process 7 on gpu-container held since 2025-01-01 00:00:00 UTC: serving the web workbench.\n',
    )
  }

  test('is kept unless a person says that its machine is gone', async () => {
    const folder = folderWithLock('logs')
    for (const words of [[], ['--gone', 'another']]) {
      const refused = await folder.run(['workspace', 'unlock', ...words])
      expect(refused.code).toBe(1)
      expect(refused.stderr).toMatch(
        /^error: Process 7 on gpu-container, another machine or container, is serving .* since 2025-01-01T00:00:00.000Z/m,
      )
      expect(commandIn(refused.stderr).slice(-2)).toEqual(['--gone', 'gpu-container'])
    }
    const freed = await folder.run(['workspace', 'unlock', '--gone', 'gpu-container', '--json'])
    expect(freed.document()).toMatchObject({ freed: [{ name: 'logs', pid: 7, machine: 'gpu-container' }] })
    const again = await folder.run(['workspace', 'unlock'])
    expect({ code: again.code, said: again.stdout }).toEqual({ code: 0, said: 'Nothing is locked.\n' })
  })

  test('is named by a command with what frees the workspace, and that does it', async () => {
    const folder = folderWithLock('logs')
    const refused = await folder.run(simulate)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/^error: Process 7 on gpu-container, another machine or container, is serving/m)
    expect(refused.stderr).toMatch(
      /^hint: .*If that machine or container is gone for good, free the workspace with: behavegpt workspace unlock/m,
    )
    await follow(folder, refused.stderr)
    const { code, stderr } = await folder.run(simulate)
    expect(code, stderr).toBe(0)
  })

  test('is named by the web host, which comes up once it was followed', async () => {
    const folder = folderWithLock('host')
    const refused = await folder.run(['serve'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/^error: Process 7 on gpu-container/m)
    await follow(folder, refused.stderr)
    const { process: host, ended } = folder.start(['serve', '--json'])
    const address = await new Promise<string>((resolve) => host.stdout!.once('data', resolve))
    expect(JSON.parse(address)).toMatchObject({ processId: host.pid })
    host.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })
})
