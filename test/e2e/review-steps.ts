import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { byteOrderMark } from '../../src/shared/csv.ts'

/** Sequences of the reviews that `createReview` makes. */
export const queued = 14

/** The desk of one person, who only has a keyboard. */
export function deskOf(page: Page) {
  return {
    async opens(project: string, reviewer: string, words = '') {
      await page.goto(new URL(`/review/${project}?reviewer=${reviewer}${words}`, page.url()).href)
      await page.getByRole('listbox').waitFor()
    },
    press: (key: string) => page.keyboard.press(key),
    /** Waits until so many are done and everything is stored. */
    async hasDone(done: number, total = queued) {
      await page.getByText(`${done} of ${total} done`, { exact: true }).waitFor()
      await page.getByText('Saved', { exact: true }).waitFor()
    },
    /** Waits for another sequence than the one with this number. */
    shows: (number: number) => page.getByText(`Sequence ${number}`, { exact: true }).waitFor(),
  }
}

/** Makes a review of the sample's dataset. @returns its number. */
export async function createReview(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'New review' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByText('Tail first', { exact: true }).click()
  await page.getByLabel('Events per sequence').fill('8')
  await page.getByLabel('Sequences in the queue').fill(String(queued))
  await page.getByRole('button', { name: 'Create the review' }).click()
  await page.waitForURL(/\/review\/\d+\/overview/)
  return /review\/(\d+)/.exec(page.url())![1]!
}

/** Goes to a review's overview and takes its labels along. @returns the lines of the file. */
export async function labelsAsCsv(page: Page, project: string): Promise<string[]> {
  await page.goto(new URL(`/review/${project}/overview`, page.url()).href)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Labels as CSV' }).click()
  const text = readFileSync(await (await download).path(), 'utf8')
  return text.replace(byteOrderMark, '').trimEnd().split('\n')
}
