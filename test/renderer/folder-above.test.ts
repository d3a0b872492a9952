import { expect, test } from 'vitest'
import { folderAbove } from '../../src/renderer/views/logs/folder-above.ts'

test('the folder above lies one step nearer to the root', () => {
  expect(folderAbove('/data/logs')).toBe('/data')
  expect(folderAbove('C:\\data\\logs')).toBe('C:\\data')
  expect(folderAbove('\\\\server\\share\\logs')).toBe('\\\\server\\share')
})

test('above what lies in a root is the root itself, not an empty path', () => {
  expect(folderAbove('/etc')).toBe('/')
  expect(folderAbove('C:\\data')).toBe('C:\\')
})

test('nothing is above a root', () => {
  expect(folderAbove('/')).toBe('/')
  expect(folderAbove('C:\\')).toBe('C:\\')
})
