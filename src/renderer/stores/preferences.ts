import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import { phrase } from '../../shared/phrase.ts'
import type { Preferences, PreferencesChange } from '../../shared/settings.ts'
import { canKeepPreferences, keepPreferences, keptPreferences } from '../browser-preferences.ts'
import { setLanguage, systemLanguage } from '../i18n.ts'
import { themeChoice } from '../theme.ts'
import { useSettings } from './settings.ts'

/**
 * Theme, language and changed shortcuts: those of the workspace, for everyone who opens it, or this browser's own. Whatever shows or changes one of them does it here, where it
 * is known which of the two hold.
 */
export const usePreferences = defineStore('preferences', () => {
  const settings = useSettings()
  const kept = shallowRef(keptPreferences())
  /** Why the browser kept nothing the last time. */
  const error = shallowRef<ErrorDocument>()
  const own = computed(() => kept.value.own)
  /** Why what the browser kept cannot be used, where it cannot: those of the workspace hold then. */
  const unusable = computed(() => kept.value.unusable)
  /** Those that hold; undefined until those of the workspace are known. */
  const holding = computed<Preferences | undefined>(() => own.value ?? settings.settings)
  const shortcuts = computed(() => holding.value?.shortcuts ?? {})
  /** Changes on their way to the workspace. */
  let underWay = 0

  function show({ theme, language }: PreferencesChange): void {
    if (theme !== undefined) themeChoice.value = theme ?? 'system'
    if (language !== undefined) setLanguage(language ?? systemLanguage())
  }
  function showHolding(): void {
    // What is shown already is newer than any answer that comes before its own.
    if (holding.value !== undefined && underWay === 0) show(holding.value)
  }
  watch(() => settings.settings, showHolding)

  /** Shows and saves some; false, with the error of this store or of the settings, when browser or workbench refused. */
  async function change(wanted: PreferencesChange): Promise<boolean> {
    if (own.value !== undefined) {
      // Another page of this browser may have changed others.
      return keep({ ...(keptPreferences().own ?? own.value), ...wanted })
    }
    show(wanted)
    underWay++
    const isSaved = await settings.change(wanted)
    underWay--
    showHolding()
    return isSaved
  }

  function keep(wanted: Preferences): boolean {
    if (!keepPreferences(wanted)) {
      error.value = {
        code: 'conflict',
        message: phrase`This browser does not keep the choice.`,
        hint: phrase`Allow this page to set cookies, or let theme, language and shortcuts apply to everyone.`,
      }
      return false
    }
    take()
    return true
  }

  function take(): void {
    error.value = undefined
    kept.value = keptPreferences()
    showHolding()
    otherPages?.postMessage(null)
  }

  /** From now on this browser has its own, which begin as those of the workspace. */
  function beginOwn(): void {
    const { theme, language, shortcuts } = settings.settings!
    keep({ theme, language, shortcuts })
  }

  /** Those of the workspace hold again, and this browser's own are gone. */
  function forgetOwn(): void {
    keepPreferences(undefined)
    take()
  }

  const otherPages = canKeepPreferences ? new BroadcastChannel('behavegpt-preferences') : undefined
  otherPages?.addEventListener('message', () => {
    kept.value = keptPreferences()
    showHolding()
  })
  return { own, unusable, shortcuts, error, change, beginOwn, forgetOwn }
})
