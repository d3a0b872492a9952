import { defineStore } from 'pinia'
import { computed, onScopeDispose } from 'vue'
import type { Settings } from '../../shared/settings.ts'
import { keyOf } from '../../shared/shortcut-keys.ts'
import { usePreferences } from './preferences.ts'
import { areaOf, overlap } from './shortcut-areas.ts'

/** Something that a key does. An area declares its actions in views/AREA/shortcuts.ts, so that the settings page lists them all. */
export interface ShortcutAction {
  /** `AREA.NAME`; its text is at `AREA.shortcut.NAME`. The area `common` works on every page, the others on their own. */
  id: string
  /** The key it has until a person changes it, as `keyOf` writes it; null for none. */
  key: string | null
  /** Also while a key is held down, as for steps; otherwise one press does it once. */
  repeats?: boolean
}

const files = import.meta.glob<{ default: readonly ShortcutAction[] }>('../views/*/shortcuts.ts', { eager: true })

/** Those of the frame around every page. */
const commonActions: readonly ShortcutAction[] = [
  { id: 'common.palette', key: 'Mod+K' },
  { id: 'common.jobs', key: 'Mod+J' },
]
export const shortcutActions: readonly ShortcutAction[] = [
  ...commonActions,
  ...Object.values(files).flatMap(({ default: actions }) => actions),
]

/** The key of each action, null where it has none, with these that were changed. */
export const keysWith = (changed: Settings['shortcuts']): Map<string, string | null> =>
  new Map(shortcutActions.map(({ id, key }) => [id, id in changed ? changed[id]! : key]))

type Handler = (event: KeyboardEvent) => void

/** Which key does what, and who is listening now. */
export const useShortcuts = defineStore('shortcuts', () => {
  const preferences = usePreferences()
  const changed = computed(() => preferences.shortcuts)
  /** The key of each action now; null where it has none. */
  const keys = computed(() => keysWith(changed.value))
  const isChanged = (id: string) => id in changed.value
  const handlers = new Map<string, Handler[]>()

  /** Actions that have this key already and can be wanted at the same time as the action. */
  function conflictsOf(id: string, key: string): string[] {
    return shortcutActions
      .filter((other) => other.id !== id && overlap(id, other.id) && keys.value.get(other.id) === key)
      .map((other) => other.id)
  }

  /** Gives an action a key, or none; false when the key is taken or the workbench refused. */
  async function setKey(id: string, key: string | null): Promise<boolean> {
    if (key !== null && conflictsOf(id, key).length > 0) return false
    return preferences.change({ shortcuts: { ...changed.value, [id]: key } })
  }

  /** Gives an action its default key again; false when another has it by now. */
  async function reset(id: string): Promise<boolean> {
    const action = shortcutActions.find((each) => each.id === id)
    if (action?.key != null && conflictsOf(id, action.key).length > 0) return false
    const { [id]: _gone, ...others } = changed.value
    return preferences.change({ shortcuts: others })
  }

  const resetAll = () => preferences.change({ shortcuts: {} })

  /** Listens until the returned function is called; the latest listener of an action is the one that is called. */
  function listen(id: string, handler: Handler): () => void {
    const list = handlers.get(id) ?? []
    handlers.set(id, [...list, handler])
    return () =>
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((each) => each !== handler),
      )
  }

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return
    const pressed = keyOf(event)
    if (pressed === undefined) return
    const isTyped = !(event.ctrlKey || event.metaKey)
    for (const { id, repeats } of shortcutActions) {
      const handler = handlers.get(id)?.at(-1)
      if (handler === undefined || keys.value.get(id) !== pressed) continue
      if (isTyped && belongsToControl(event)) return
      if (areaOf(id) !== 'common' && belongsToDialog(event.target)) return
      event.preventDefault()
      if (repeats || !event.repeat) handler(event)
      return
    }
  }
  window.addEventListener('keydown', onKey)

  return { keys, isChanged, conflictsOf, setKey, reset, resetAll, listen }
})

/** Text fields keep what is typed into them, buttons and links the keys that press them, and choices the arrows that go through them. */
function belongsToControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (
    target.closest(
      'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=combobox]',
    )
  )
    return true
  if (key.startsWith('Arrow') && target.closest('input[type=radio], [role=radio], [role=tab], [role=slider]') !== null)
    return true
  return (
    (key === 'Enter' || key === ' ') && target.closest('button, a, summary, [role=button], input, [role=tab]') !== null
  )
}

/**
 * Whether a key is a dialog's, and none of the page behind it: pressed in one, or while one is open that has lost the focus. One that fades away does not count, since
 * hands are faster.
 */
export function belongsToDialog(target: EventTarget | null): boolean {
  if (target instanceof Element && target.closest('dialog, [role=dialog], [aria-modal=true]') !== null) return true
  return Array.from(document.querySelectorAll('[aria-modal=true]')).some(
    (dialog) => dialog.checkVisibility() && dialog.closest('[class*="-leave-active"]') === null,
  )
}

/** Does something whenever the key of an action is pressed, as long as the component lives. `id` is one of `shortcutActions`. */
export function useShortcut(id: string, handler: Handler): void {
  if (!shortcutActions.some((action) => action.id === id)) throw new Error(`no views/*/shortcuts.ts declares ${id}`)
  onScopeDispose(useShortcuts().listen(id, handler))
}
