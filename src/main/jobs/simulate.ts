import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Source } from '../../shared/logs.ts'
import type { JobContext } from '../../shared/progress.ts'
import type { SimulateOptions } from '../../shared/simulation.ts'
import { importFiles } from '../ingest/import.ts'
import { removeSource } from '../ingest/removal.ts'
import { parseSimulationParameters } from '../simulation/process.ts'
import { writeSimulatedLog } from '../simulation/simulate.ts'
import { saveSimulation } from '../storage/datasets.ts'
import type { WriteWorkspace } from '../storage/workspace.ts'

/**
 * Simulates a log and imports it like any other file, marked as simulated and with the parameters that made it, from which the best possible
 * predictions are computed later.
 */
export async function importSimulatedLog(
  workspace: WriteWorkspace,
  { source: name, ...wishes }: SimulateOptions,
  context: JobContext,
): Promise<Source> {
  const parameters = parseSimulationParameters(wishes)
  const folder = await mkdtemp(path.join(workspace.temporary, 'simulated-'))
  try {
    const file = path.join(folder, `${name.replace(/[^\w-]/g, '_')}.csv`)
    await writeSimulatedLog(file, parameters, context)
    const source = await importFiles(
      workspace,
      {
        files: [file],
        source: name,
        mapping: { user: 'user', time: 'time', event: 'event', location: 'location' },
        simulated: true,
      },
      context,
    )
    try {
      saveSimulation(workspace.database, source.name, parameters)
    } catch (error) {
      // A simulated source without its parameters would look like any other.
      await removeSource(workspace, source.name, context)
      throw error
    }
    return source
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
