import { expect, test } from 'vitest'
import { visibleText } from '../../src/renderer/views/logs/raw-text.ts'
import { originOf } from '../../src/shared/files.ts'

test('what cannot be seen, or turns the line around, is shown by its number; everything else stays', () => {
  expect(visibleText('u\u202Egnp.exe\u0000\uFEFF')).toBe('u\\u{202E}gnp.exe\\u{0}\\u{FEFF}')
  expect(visibleText('a\tb\nقراءة 行为 😀 <b>')).toBe('a\tb\nقراءة 行为 😀 <b>')
})

test('a file that the workbench received or made itself is named without the folder where it lay', () => {
  expect(originOf('/ws/temporary/uploads/0a1b/events.csv')).toEqual({ kind: 'upload', name: 'events.csv' })
  expect(originOf('C:\\ws\\temporary\\simulated-x1\\sample.csv')).toEqual({ kind: 'generated', name: 'sample.csv' })
  expect(originOf('/home/ada/events.csv')).toEqual({ kind: 'file', name: '/home/ada/events.csv' })
})
