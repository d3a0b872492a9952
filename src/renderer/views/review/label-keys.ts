import { useShortcutWords } from '../../composables/shortcut-words.ts'
import { useShortcuts } from '../../stores/shortcuts.ts'
import { anyLabel } from './labels-losing-key.ts'

/** Tells what a key does on the desk before any label gets it; undefined where it is free. Call it in a component's set-up. */
export function useTakenKeys(): (key: string) => string | undefined {
  const words = useShortcutWords()
  const shortcuts = useShortcuts()
  return (key) => {
    const [id] = shortcuts.conflictsOf(anyLabel, key)
    return id === undefined ? undefined : words.action(id)
  }
}
