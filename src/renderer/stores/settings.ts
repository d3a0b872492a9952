import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { Language, Settings, SettingsChange } from '../../shared/settings.ts'
import { api } from '../api.ts'
import { errorOf } from '../connection.ts'
import { i18n, setLanguage } from '../i18n.ts'
import { themeChoice } from '../theme.ts'

/**
 * What a person chose, kept by the workbench so that every host shows the same. Theme and language are remembered by the browser as well,
 * but only for the first picture of the page: what the workbench says wins.
 */
export const useSettings = defineStore('settings', () => {
  const settings = shallowRef<Settings>()
  /** Logical processors of the machine that computes. */
  const processors = ref(1)
  const automaticThreads = ref(1)
  /** Why the last reading or saving failed. */
  const error = shallowRef<ErrorDocument>()

  /** Reads the settings and shows them. */
  async function load(): Promise<void> {
    try {
      const here = await api.settings.get({})
      error.value = undefined
      processors.value = here.processors
      automaticThreads.value = here.automaticThreads
      settings.value = here.settings
      themeChoice.value = here.settings.theme ?? themeChoice.value
      if (here.settings.language !== null) setLanguage(here.settings.language)
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
  }

  /** Saves some; false, with `error` set, when the workbench refused. */
  async function change(wanted: SettingsChange): Promise<boolean> {
    try {
      settings.value = await api.settings.set(wanted)
      error.value = undefined
      return true
    } catch (thrown) {
      error.value = errorOf(thrown)
      return false
    }
  }

  // Wherever they are chosen – here, or in the command palette – they are kept.
  watch(themeChoice, (theme) => {
    if (settings.value !== undefined && settings.value.theme !== theme) void change({ theme })
  })
  watch(i18n.global.locale, (locale) => {
    const language = locale as Language
    if (settings.value !== undefined && settings.value.language !== language) void change({ language })
  })
  return { settings, processors, automaticThreads, error, load, change }
})
