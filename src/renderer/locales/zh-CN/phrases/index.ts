import common from './common.ts'
import datasets from './datasets.ts'
import devices from './devices.ts'
import evaluation from './evaluation.ts'
import hosts from './hosts.ts'
import jobs from './jobs.ts'
import logs from './logs.ts'
import models from './models.ts'
import prediction from './prediction.ts'
import review from './review.ts'
import storage from './storage.ts'
import training from './training.ts'

/** What the program says, in Chinese: by the English template, with the same gaps. */
export const phrases: Readonly<Record<string, string>> = {
  ...common,
  ...datasets,
  ...devices,
  ...evaluation,
  ...hosts,
  ...jobs,
  ...logs,
  ...models,
  ...prediction,
  ...review,
  ...storage,
  ...training,
}
