import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { Settings, SettingsChange } from '../../shared/settings.ts'
import { api } from '../api.ts'
import { errorOf, onReturn } from '../connection.ts'

/** What was chosen for the workspace, kept by the workbench so that every host shows the same. Theme, language and shortcuts are asked of `usePreferences`: a browser may have its own. */
export const useSettings = defineStore('settings', () => {
  const settings = shallowRef<Settings>()
  /** Logical processors of the machine that computes. */
  const processors = ref(1)
  const automaticThreads = ref(1)
  /** Why the last reading or saving failed. */
  const error = shallowRef<ErrorDocument>()

  /** Reads them. */
  async function load(): Promise<void> {
    try {
      const here = await api.settings.get({})
      error.value = undefined
      processors.value = here.processors
      automaticThreads.value = here.automaticThreads
      settings.value = here.settings
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
  }

  onReturn(() => {
    if (error.value !== undefined) void load()
  })

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
  return { settings, processors, automaticThreads, error, load, change }
})
