import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  createDirectoryAtomic,
  makeDirectory,
  recoverReplacedDirectory,
  removeStaleTemporaries,
  withTemporaryDirectory,
  writeFileAtomic,
} from '../../src/main/storage/files.ts'
import { makeReadOnly, mountSmallDisk, temporaryFolder } from '../support/folders.ts'

describe('making a directory', () => {
  test('makes those above it, and takes one that is there', () => {
    const directory = path.join(temporaryFolder(), 'a', 'b')
    makeDirectory(directory)
    makeDirectory(directory)
    expect(existsSync(directory)).toBe(true)
  })

  test('fails where a file stands in the way, and where the system makes none', () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'file'), '')
    expect(() => makeDirectory(path.join(folder, 'file'))).toThrow(/EEXIST/)
    expect(() => makeDirectory(path.join(folder, 'file', 'a'))).toThrow(/EEXIST|ENOTDIR/)
    if (process.platform === 'linux')
      expect(() => makeDirectory('/proc/none/a')).toThrow(/No folder can be made in \/proc/)
  })
})

describe('writing a file', () => {
  test('replaces the old content as a whole', async () => {
    const file = path.join(temporaryFolder(), 'a.txt')
    await writeFileAtomic(file, 'old')
    await writeFileAtomic(file, new TextEncoder().encode('new'))
    expect(readFileSync(file, 'utf8')).toBe('new')
  })

  test('takes a name as long as file systems take it', async () => {
    const folder = temporaryFolder()
    const name = `${'长'.repeat(84)}.md`
    await writeFileAtomic(path.join(folder, name), 'long')
    expect(readdirSync(folder)).toEqual([name])
  })

  test('a failure leaves the old content and no temporary file', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.txt')
    await writeFileAtomic(file, 'old')
    const failing = writeFileAtomic(file, async (temporary) => {
      writeFileSync(temporary, 'half')
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect(readFileSync(file, 'utf8')).toBe('old')
  })

  test('a full disk is said, and nothing half-written is left', async (context) => {
    const folder = temporaryFolder()
    if (!mountSmallDisk(folder, 256)) return context.skip()
    const file = path.join(folder, 'a.bin')
    await expect(writeFileAtomic(file, new Uint8Array(1 << 20))).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('disk is full'),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('a read-only disk is said', async (context) => {
    const folder = temporaryFolder()
    if (makeReadOnly(folder) === undefined) return context.skip()
    await expect(writeFileAtomic(path.join(folder, 'a'), 'x')).rejects.toMatchObject({ code: 'storage' })
  })
})

describe('creating a directory', () => {
  test('appears with everything in it, and gives back what was returned', async () => {
    const final = path.join(temporaryFolder(), 'runs', 'a')
    const result = await createDirectoryAtomic(final, async (temporary) => {
      mkdirSync(path.join(temporary, 'deep'))
      writeFileSync(path.join(temporary, 'deep', 'x'), '1')
      expect(existsSync(final)).toBe(false)
      return 7
    })
    expect(result).toBe(7)
    expect(readFileSync(path.join(final, 'deep', 'x'), 'utf8')).toBe('1')
  })

  test('a failure leaves nothing', async () => {
    const folder = temporaryFolder()
    const failing = createDirectoryAtomic(path.join(folder, 'a'), async (temporary) => {
      writeFileSync(path.join(temporary, 'x'), '1')
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(readdirSync(folder)).toEqual([])
  })

  test('an existing one is kept, unless it is to be replaced', async () => {
    const final = path.join(temporaryFolder(), 'a')
    const fill = (content: string) => async (temporary: string) => writeFileSync(path.join(temporary, 'x'), content)
    await createDirectoryAtomic(final, fill('1'))
    await expect(createDirectoryAtomic(final, fill('2'))).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(path.join(final, 'x'), 'utf8')).toBe('1')
    await createDirectoryAtomic(final, fill('3'), { replace: true })
    expect(readFileSync(path.join(final, 'x'), 'utf8')).toBe('3')
  })

  test('a replacement that was cut off between its renames is undone', async () => {
    const folder = temporaryFolder()
    const final = path.join(folder, 'last')
    await createDirectoryAtomic(final, async (temporary) => writeFileSync(path.join(temporary, 'x'), 'old'))
    renameSync(final, path.join(folder, '.last.previous'))
    await recoverReplacedDirectory(final)
    expect(readFileSync(path.join(final, 'x'), 'utf8')).toBe('old')
  })
})

test('what a killed process left is removed, what a living one writes is not', async () => {
  const folder = temporaryFolder()
  const module = path.resolve('src/main/storage/files.ts')
  const code = `
    import { createDirectoryAtomic } from ${JSON.stringify(module)}
    await createDirectoryAtomic(${JSON.stringify(path.join(folder, 'dead'))}, async () => process.kill(process.pid, 'SIGKILL') && new Promise((wait) => setTimeout(wait, 9000)))`
  spawnSync(process.execPath, ['--input-type=module', '-e', code])
  expect(readdirSync(folder)).toHaveLength(1)
  await withTemporaryDirectory(folder, 'living', async (living) => {
    expect(removeStaleTemporaries(folder)).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([path.basename(living)])
  })
  expect(readdirSync(folder)).toEqual([])
})
