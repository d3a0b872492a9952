import Database from 'better-sqlite3'
import type { RunningWorkbench } from './workbench.ts'

/** Every page of the sample workspace, and one address of each kind of deep link. */
export function placesOf({ workspace }: RunningWorkbench): Record<string, string> {
  const database = new Database(`${workspace}/workbench.db`, { readonly: true })
  const first = (query: string) => Object.values(database.prepare(query).get() as object)[0] as string
  try {
    const runs = database.prepare('SELECT id FROM runs ORDER BY id').pluck().all() as string[]
    const user = encodeURIComponent(first('SELECT name FROM users ORDER BY name'))
    const behaviour = encodeURIComponent(first('SELECT name FROM behaviours ORDER BY name'))
    return {
      welcome: '/welcome',
      logs: '/logs',
      'import of a log': '/logs/import',
      'one source': `/logs/${first('SELECT id FROM sources')}`,
      explore: '/explore',
      'one user': `/explore/user/${user}`,
      'one behaviour': `/explore/behaviour/${behaviour}`,
      datasets: '/datasets',
      'new dataset': '/datasets/new',
      'one dataset': `/datasets/${first('SELECT id FROM datasets')}`,
      train: '/train',
      'one training': `/train/${runs[0]}`,
      runs: '/runs',
      'one run': `/runs/${runs[0]}`,
      comparison: `/runs/compare?runs=${runs.join(',')}`,
      predict: '/predict',
      'prediction for a user': `/predict?run=${runs[0]}&user=${user}`,
      review: '/review',
      'new review': '/review/new',
      doctor: '/doctor',
      settings: '/settings',
      'no such page': '/nowhere',
    }
  } finally {
    database.close()
  }
}
