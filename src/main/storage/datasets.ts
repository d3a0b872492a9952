import type { DatasetRecord } from '../../shared/datasets.ts'
import { WorkbenchError } from '../../shared/errors.ts'
import { atTerminal, phrase } from '../../shared/phrase.ts'
import type { ReadDatabase, WriteDatabase } from './database.ts'
import { storedJson } from './stored-json.ts'

interface DatasetRow {
  id: string
  content_hash: string
  configuration: string
  counts: string
  simulated: number
  created_at: string
  names: string
}

const selection = `
  SELECT id, content_hash, configuration, counts, simulated, created_at,
    (SELECT json_group_array(name) FROM (SELECT name FROM dataset_names WHERE dataset = id ORDER BY name)) AS names
  FROM datasets`

function toRecord(row: DatasetRow): DatasetRecord {
  return {
    id: row.id,
    names: storedJson(row.names, phrase`the names of dataset ${row.id}`),
    contentHash: row.content_hash,
    configuration: row.configuration,
    counts: storedJson(row.counts, phrase`the counts of dataset ${row.id}`),
    simulated: row.simulated === 1,
    createdAt: row.created_at,
  }
}

/** All datasets, oldest first. */
export function listDatasets(database: ReadDatabase): DatasetRecord[] {
  return database.query<DatasetRow>(`${selection} ORDER BY created_at, id`).all().map(toRecord)
}

/** The dataset of this id or name. @throws WorkbenchError `not-found` */
export function requireDataset(database: ReadDatabase, idOrName: string): DatasetRecord {
  const record = findDataset(database, idOrName)
  if (record !== undefined) return record
  throw new WorkbenchError(
    'not-found',
    phrase`There is no dataset ${idOrName}.`,
    phrase`Build one${atTerminal('behavegpt dataset build')}, or choose one of those that there are${atTerminal('behavegpt dataset list')}.`,
  )
}

/** The dataset of this id, or else of this name. */
export function findDataset(database: ReadDatabase, idOrName: string): DatasetRecord | undefined {
  const row =
    database.query<DatasetRow>(`${selection} WHERE id = ?`).get(idOrName) ??
    database
      .query<DatasetRow>(`${selection} WHERE id = (SELECT dataset FROM dataset_names WHERE name = ?)`)
      .get(idOrName)
  return row === undefined ? undefined : toRecord(row)
}

/**
 * Lists a dataset under a name; one of the same content that is there already only gets the name besides its others.
 * @throws WorkbenchError `conflict` when the name belongs to another content.
 */
export function insertDataset(
  database: WriteDatabase,
  dataset: Omit<DatasetRecord, 'names' | 'createdAt'>,
  name: string,
): void {
  database.transaction(() => {
    const holder = database.query<{ dataset: string }>('SELECT dataset FROM dataset_names WHERE name = ?').get(name)
    if (holder !== undefined && holder.dataset !== dataset.id) throw nameTaken(name, holder.dataset)
    database
      .change(
        `INSERT INTO datasets (id, content_hash, configuration, counts, simulated, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
      )
      .run(
        dataset.id,
        dataset.contentHash,
        dataset.configuration,
        JSON.stringify(dataset.counts),
        dataset.simulated ? 1 : 0,
        new Date().toISOString(),
      )
    database
      .change('INSERT INTO dataset_names (name, dataset) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(name, dataset.id)
  })
}

/**
 * Takes a dataset off the list, with all its names.
 * @throws WorkbenchError `conflict` naming the runs that were trained on it.
 */
export function deleteDataset(database: WriteDatabase, id: string): void {
  database.transaction(() => {
    const runs = database.query<{ name: string }>('SELECT name FROM runs WHERE dataset = ? ORDER BY created_at').all(id)
    if (runs.length > 0) {
      throw new WorkbenchError(
        'conflict',
        runs.length === 1
          ? phrase`The dataset ${id} is used by the run ${runs[0].name}.`
          : phrase`The dataset ${id} is used by ${runs.length} runs: ${runs.map(({ name }) => name)}.`,
        phrase`Without it a run can neither be resumed nor evaluated: remove the runs first, or with the dataset${atTerminal('--with-runs')}.`,
      )
    }
    database.change('DELETE FROM datasets WHERE id = ?').run(id)
  })
}

/** The error of a name that belongs to another dataset. */
export function nameTaken(name: string, id: string): WorkbenchError {
  return new WorkbenchError(
    'conflict',
    phrase`The name "${name}" belongs to dataset ${id}, which has another configuration or was built from other events.`,
    phrase`Choose another name for the new dataset; runs keep referring to the old one.`,
  )
}

/** Remembers how a simulated source was made. */
export function saveSimulation(
  database: WriteDatabase,
  source: string,
  parameters: Readonly<Record<string, unknown>>,
): void {
  const { changes } = database
    .change('INSERT OR REPLACE INTO simulations (source, parameters) SELECT id, ? FROM sources WHERE name = ?')
    .run(JSON.stringify(parameters), source)
  if (changes === 0) throw new WorkbenchError('not-found', phrase`There is no source "${source}".`)
}

/** How a simulated source was made, if it was recorded. */
export function findSimulation(database: ReadDatabase, sourceId: number): Record<string, unknown> | undefined {
  const row = database
    .query<{ parameters: string }>('SELECT parameters FROM simulations WHERE source = ?')
    .get(sourceId)
  return row === undefined
    ? undefined
    : storedJson(row.parameters, phrase`the simulation of source ${String(sourceId)}`)
}
