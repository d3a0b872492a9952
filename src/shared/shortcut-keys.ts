/** Keys as they are written down and compared: modifiers in the order Mod, Alt, Shift, then the key: `J`, `Mod+K`, `Shift+ArrowDown`, `?`. */

const modifiers = new Set(['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'CapsLock', 'NumLock', 'Fn', 'OS'])
const unusable = new Set(['Dead', 'Process', 'Unidentified', 'Compose'])

/** What a keyboard event says of the key. */
export interface KeyPress {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/**
 * The written form of a key press; undefined for a modifier alone and while an input method composes. `Mod` is Ctrl, or Cmd on a Mac.
 * Letters and digits are those of the key where the layout writes another character, so that shortcuts work in every layout. Shift is said of letters
 * and named keys only: other characters have it in them already (`?`).
 */
export function keyOf(event: KeyPress): string | undefined {
  if (modifiers.has(event.key) || unusable.has(event.key)) return undefined
  const ofKey = /^[a-z]$/i.test(event.key)
    ? event.key
    : /^\P{ASCII}$/u.test(event.key)
      ? (letterOf(event.code) ?? digitOf(event))
      : undefined
  const key = ofKey?.toUpperCase() ?? (event.key === ' ' ? 'Space' : event.key)
  const saysShift = ofKey !== undefined || key.length > 1
  return [
    event.ctrlKey || event.metaKey ? 'Mod' : undefined,
    event.altKey ? 'Alt' : undefined,
    event.shiftKey && saysShift ? 'Shift' : undefined,
    key,
  ]
    .filter((part) => part !== undefined)
    .join('+')
}

const letterOf = (code: string) => /^Key([A-Z])$/.exec(code)?.[1]

/** With Option a Mac writes other characters, and some alphabets have digits of their own; a letter such as é on the key stays what it is. */
const digitOf = ({ key, code, altKey }: KeyPress) =>
  altKey || /^\p{N}$/u.test(key) ? /^Digit([0-9])$/.exec(code)?.[1] : undefined

/** Keys that never reach the page, or not without closing what shows it. */
const keptKeys = {
  web: new Set([
    'Mod+W',
    'Mod+T',
    'Mod+N',
    'Mod+Shift+W',
    'Mod+Shift+T',
    'Mod+Shift+N',
    'Mod+Tab',
    'Mod+Shift+Tab',
    'Alt+F4',
  ]),
  desktop: new Set(['Mod+W', 'Mod+Q', 'Alt+F4']),
} as const

/** Whether the browser, or the desktop's window, keeps a key to itself, so that no action can have it. */
export const isKeptByHost = (key: string, host: keyof typeof keptKeys): boolean => keptKeys[host].has(key)

/** A key as it is shown to a person: `Ctrl+K`, `↓`. */
export function shownKey(key: string, isMac: boolean): string {
  const names: Record<string, string> = {
    Mod: isMac ? '⌘' : 'Ctrl',
    Alt: isMac ? '⌥' : 'Alt',
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
    Delete: 'Del',
  }
  // The key itself may be a plus sign.
  const parts = key.split(/\+(?!$)/)
  return parts.map((part) => names[part] ?? part).join('+')
}
