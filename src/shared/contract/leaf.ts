import { oc, type Schema, type as typeOnly } from '@orpc/contract'
import type { z } from 'zod'
import type { JobRecord } from '../jobs.ts'

/** The type of an output is a promise of the implementation; it is not checked at run time. */
const outputOf = <Output>() => typeOnly<unknown>() as unknown as Schema<Output, Output>

/** What the page may ask for: an answer to each request. */
export function request<Output>() {
  return <Input extends z.ZodType>(input: Input) => oc.input(input).output(outputOf<Output>())
}

/** What the page may follow: values as they come, until it stops listening. */
export function subscription<Event>() {
  return <Input extends z.ZodType>(input: Input) => oc.input(input).output(outputOf<AsyncIterable<Event>>())
}

/** Long work that the page may start; it goes on by itself, and `jobs.watch` tells how. */
export function job<Input extends z.ZodType>(input: Input) {
  return oc.input(input).output(outputOf<JobRecord>())
}
