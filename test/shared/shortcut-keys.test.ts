import { expect, test } from 'vitest'
import { isKeptByHost, type KeyPress, keyOf, shownKey } from '../../src/shared/shortcut-keys.ts'

const press = (key: string, more: Partial<KeyPress> = {}) =>
  keyOf({ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more })

test('letters are written in capitals, and say shift; other characters have it in them', () => {
  expect(press('j')).toBe('J')
  expect(press('J', { shiftKey: true })).toBe('Shift+J')
  expect(press('?', { shiftKey: true })).toBe('?')
  expect(press(' ')).toBe('Space')
})

test('modifiers come in one order, and Ctrl is Cmd on a Mac', () => {
  expect(press('k', { ctrlKey: true })).toBe('Mod+K')
  expect(press('k', { metaKey: true })).toBe('Mod+K')
  expect(press('ArrowDown', { shiftKey: true, altKey: true })).toBe('Alt+Shift+ArrowDown')
})

test('a letter of another alphabet is that of the key, and no key is seen while one is composed', () => {
  expect(press('о', { code: 'KeyJ' })).toBe('J')
  expect(press('Process', { code: 'KeyJ' })).toBeUndefined()
  expect(press('Shift', { shiftKey: true })).toBeUndefined()
})

test('a digit is that of the key where a Mac writes another character with Option, or the alphabet has its own', () => {
  expect(press('¡', { code: 'Digit1', altKey: true })).toBe('Alt+1')
  expect(press('™', { code: 'Digit2', altKey: true })).toBe('Alt+2')
  expect(press('١', { code: 'Digit1' })).toBe('1')
  expect(press('é', { code: 'Digit2' })).toBe('é')
})

test('keys are shown with the names of the machine', () => {
  expect(shownKey('Mod+K', false)).toBe('Ctrl+K')
  expect(shownKey('Mod+K', true)).toBe('⌘+K')
  expect(shownKey('Shift+ArrowDown', false)).toBe('Shift+↓')
  expect(shownKey('Mod++', false)).toBe('Ctrl++')
  expect(shownKey('+', false)).toBe('+')
})

test('what opens and closes tabs and windows is the browser’s, and what closes the window or the program the desktop’s', () => {
  for (const key of ['Mod+W', 'Mod+T', 'Mod+N', 'Mod+Shift+T', 'Mod+Shift+N', 'Mod+Tab', 'Alt+F4'])
    expect(isKeptByHost(key, 'web'), key).toBe(true)
  for (const key of ['Mod+W', 'Mod+Q', 'Alt+F4']) expect(isKeptByHost(key, 'desktop'), key).toBe(true)
  for (const key of ['Mod+T', 'Mod+N']) expect(isKeptByHost(key, 'desktop'), key).toBe(false)
  for (const key of ['W', 'Mod+K', 'Alt+W']) expect(isKeptByHost(key, 'web'), key).toBe(false)
})
