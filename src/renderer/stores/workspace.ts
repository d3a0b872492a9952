import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ErrorDocument } from '../../shared/errors.ts'
import type { WorkbenchStatus } from '../../shared/workspace.ts'
import { api } from '../api.ts'
import { errorOf, onReturn } from '../connection.ts'

/** What the host is and what its workspace holds; read again whenever a job ends. */
export const useWorkspace = defineStore('workspace', () => {
  const status = shallowRef<WorkbenchStatus>()
  /** Why the last reading failed. */
  const error = shallowRef<ErrorDocument>()
  async function refresh(): Promise<void> {
    try {
      status.value = await api.workspace.status({})
      error.value = undefined
    } catch (thrown) {
      error.value = errorOf(thrown)
    }
  }
  onReturn(() => {
    if (error.value !== undefined) void refresh()
  })
  return { status, error, refresh }
})
