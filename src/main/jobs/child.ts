/** Main module of the processes that do the workbench's jobs. */
import { jobKinds } from './registry.ts'
import { serveJobs } from './serve.ts'

serveJobs(jobKinds)
