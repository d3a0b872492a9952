import Database from 'better-sqlite3'
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
  function follow(stderr: string): void {
    const { file, statement } = commandIn(stderr)
    const database = new Database(file, { fileMustExist: true })
    database.exec(statement)
    database.close()
  }

  test('is named by a command with what frees the workspace, and that does it', async () => {
    const folder = folderWithLock('logs')
    const refused = await folder.run(simulate)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/^error: Process 7 on gpu-container, another machine or container, is serving/m)
    expect(refused.stderr).toMatch(
      /^hint: .*If that machine or container is gone for good, free the workspace with: sqlite3/m,
    )
    follow(refused.stderr)
    const { code, stderr } = await folder.run(simulate)
    expect(code, stderr).toBe(0)
  })

  test('is named by the web host, which comes up once it was followed', async () => {
    const folder = folderWithLock('host')
    const refused = await folder.run(['serve'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/^error: Process 7 on gpu-container/m)
    follow(refused.stderr)
    const { process: host, ended } = folder.start(['serve', '--json'])
    const address = await new Promise<string>((resolve) => host.stdout!.once('data', resolve))
    expect(JSON.parse(address)).toMatchObject({ processId: host.pid })
    host.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })
})
