import { useI18n } from 'vue-i18n'
import { areaOf } from '../../stores/shortcut-areas.ts'
import { useShortcuts } from '../../stores/shortcuts.ts'
import { anyLabel } from './labels-losing-key.ts'

/** Tells what a key does on the desk before any label gets it; undefined where it is free. Call it in a component's set-up. */
export function useTakenKeys(): (key: string) => string | undefined {
  const { t } = useI18n()
  const shortcuts = useShortcuts()
  return (key) => {
    const [id] = shortcuts.conflictsOf(anyLabel, key)
    return id === undefined ? undefined : t(`${areaOf(id)}.shortcut.${id.slice(areaOf(id).length + 1)}`)
  }
}
