import { beforeEach, expect, test, vi } from 'vitest'
import { checkDevices } from '../../src/main/jobs/doctor.ts'
import { readDoctorReport } from '../../src/main/storage/doctor-report.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { type Device, devices } from '../../src/shared/configuration.ts'
import { phrase } from '../../src/shared/phrase.ts'
import { type Progress, silentContext } from '../../src/shared/progress.ts'
import { temporaryFolder } from '../support/folders.ts'

/** What the probes were asked with. */
const asked = vi.hoisted(() => [] as { signal?: AbortSignal; timeoutSeconds?: number }[])
vi.mock('../../src/main/engine/doctor.ts', async (original) => ({
  ...(await original<typeof import('../../src/main/engine/doctor.ts')>()),
  async *probeEachDevice(options: { devices: readonly Device[]; signal?: AbortSignal; timeoutSeconds?: number }) {
    asked.push(options)
    for (const device of options.devices) yield { device, works: device === 'cpu', reason: phrase`tried` }
  },
}))
beforeEach(() => {
  asked.length = 0
})

test('a check says which device it tries and how far it is, can be stopped, and keeps what it found', async () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const told: Progress[] = []
  const { signal } = new AbortController()
  const found = await checkDevices(
    workspace,
    { timeoutSeconds: 7 },
    { ...silentContext, signal, report: (progress) => told.push(progress) },
  )
  expect(asked).toMatchObject([{ signal, timeoutSeconds: 7 }])
  expect(found.map(({ device }) => device)).toEqual(devices)
  expect(told[0]).toEqual({ stage: phrase`trying ${devices[0]}`, done: 0, total: devices.length, unit: 'devices' })
  expect(told.map(({ done }) => done)).toEqual([...devices.keys(), devices.length])
  expect(readDoctorReport(workspace.directory)).toMatchObject({ here: true, devices: found })
})

test('a check of some devices is no report of the machine', async () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const found = await checkDevices(workspace, { devices: ['cpu'] }, silentContext)
  expect(found).toMatchObject([{ device: 'cpu', works: true }])
  expect(readDoctorReport(workspace.directory)).toBeNull()
})
