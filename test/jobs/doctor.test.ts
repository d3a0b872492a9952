import { beforeEach, expect, test, vi } from 'vitest'
import { checkDevices } from '../../src/main/jobs/doctor.ts'
import { readDoctorReport, writeDoctorReport } from '../../src/main/storage/doctor-report.ts'
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

test('what is found of a device is in the report before the next is tried, and the others keep what was found before', async () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const reported = () => readDoctorReport(workspace.directory)?.devices.map(({ device }) => device)
  const during: unknown[] = []
  await checkDevices(
    workspace,
    { devices: ['cuda', 'cpu'] },
    { ...silentContext, report: () => during.push(reported()) },
  )
  expect(during).toEqual([undefined, ['cuda'], ['cpu', 'cuda']])
  const before = readDoctorReport(workspace.directory)!.devices
  await new Promise((resolve) => setTimeout(resolve, 5))
  await checkDevices(workspace, { devices: ['cuda'] }, silentContext)
  const [cpu, cuda] = readDoctorReport(workspace.directory)!.devices
  expect(cpu).toEqual(before[0])
  expect(cuda.probedAt > before[1].probedAt).toBe(true)
})

test('what another version found is no finding of this one', async () => {
  using workspace = openWorkspace(temporaryFolder(), { mode: 'write', create: true })
  const earlier = { device: 'cuda', works: true, reason: phrase`tried`, probedAt: '2026-01-01T00:00:00.000Z' } as const
  await writeDoctorReport(workspace.directory, '0.0.1', [earlier])
  await checkDevices(workspace, { devices: ['cpu'] }, silentContext)
  expect(readDoctorReport(workspace.directory)).toMatchObject({ devices: [{ device: 'cpu' }] })
})
