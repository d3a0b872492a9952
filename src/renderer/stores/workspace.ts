import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { WorkbenchStatus } from '../../shared/workspace.ts'
import { api } from '../api.ts'

/** What the host is and what its workspace holds; read again whenever a job ends. */
export const useWorkspace = defineStore('workspace', () => {
  const status = shallowRef<WorkbenchStatus>()
  async function refresh(): Promise<void> {
    status.value = await api.workspace.status({})
  }
  return { status, refresh }
})
