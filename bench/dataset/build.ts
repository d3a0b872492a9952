import { trainingBatches } from '../../src/main/dataset/batches.ts'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { openDataset } from '../../src/main/dataset/open.ts'
import { openWorkspace } from '../../src/main/storage/workspace.ts'
import { datasetConfiguration } from '../../src/shared/configuration.ts'
import { silentContext } from '../../src/shared/progress.ts'

/** One measurement of run.ts: builds a dataset in the given workspace, then opens it and makes an epoch of batches of 64 x 64. */

const peakMegabytes = () => process.resourceUsage().maxRSS / 1024

using workspace = openWorkspace(process.argv[2], { mode: 'write' })
const started = performance.now()
await buildDataset(workspace, datasetConfiguration.parse({ name: 'bench' }), silentContext)
const built = performance.now()
const buildPeakMegabytes = peakMegabytes()
const { user, system } = process.cpuUsage()
const batches = trainingBatches(openDataset(workspace, 'bench'), { batch: 64, length: 64, epoch: 0, seed: 1 })
for (const batch of batches) if (batch.size !== 64) throw new Error('a batch of another size')
console.log(
  JSON.stringify({
    buildSeconds: (built - started) / 1000,
    buildProcessorSeconds: (user + system) / 1e6,
    buildPeakMegabytes,
    epochSeconds: (performance.now() - built) / 1000,
    epochPeakMegabytes: peakMegabytes(),
    batches: batches.count,
    targets: batches.targets,
    fillRate: batches.fillRate,
  }),
)
