import { useI18n } from 'vue-i18n'
import { shownKey } from '../../shared/shortcut-keys.ts'
import { areaOf } from '../stores/shortcut-areas.ts'

const isMac = navigator.platform.startsWith('Mac')

/** What actions and their keys are called. Call it in a component's set-up. */
export function useShortcutWords() {
  const { t } = useI18n()
  const action = (id: string) => t(`${areaOf(id)}.shortcut.${id.slice(areaOf(id).length + 1)}`)
  const key = (of: string | null) => (of === null ? t('settings.shortcuts.none') : shownKey(of, isMac))
  /** An action with its key, as in a list. */
  const both = (id: string, of: string | null) => t('settings.shortcuts.own', { action: action(id), key: key(of) })
  return { action, key, both }
}
