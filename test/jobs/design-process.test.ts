import { expect, onTestFinished, test } from 'vitest'
import { buildDataset } from '../../src/main/dataset/build.ts'
import { designProcess } from '../../src/main/jobs/design-process.ts'
import { estimateSizes } from '../../src/main/training/sizes.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { configure } from '../support/log-workspace.ts'
import { createTrainingWorkspace, smallRun } from '../training/training-workspace.ts'

test('what a training would need is answered one question after the other, also of a dataset that was built between two', async () => {
  using log = await createTrainingWorkspace()
  const designs = designProcess(log.directory)
  onTestFinished(() => designs.close())
  const { signal } = new AbortController()
  const needs = (configuration: ReturnType<typeof smallRun>) => {
    const { here: _, ...sizes } = estimateSizes(log.workspace, configuration)
    return sizes
  }
  expect(await designs.ask('sizes', smallRun(), signal)).toMatchObject(needs(smallRun()))

  const other = smallRun({ dataset: 'longer', batch: 4 })
  await expect(designs.ask('sizes', other, signal)).rejects.toMatchObject({ code: 'not-found' })
  await buildDataset(log.workspace, configure({ name: 'longer', length: 16 }), silentContext)
  expect(await designs.ask('sizes', other, signal)).toMatchObject(needs(other))
})
