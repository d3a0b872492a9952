import { WorkbenchError } from '../../shared/errors.ts'
import { type Phrase, phrase } from '../../shared/phrase.ts'

/**
 * A value that a column of the database holds as JSON. Only this program writes such columns, so a text that is none was damaged on the disk.
 * @param what names the value in the error: `the progress of job 3`
 * @param read turns the parsed value into what it should be, throwing where it cannot
 * @throws WorkbenchError `corrupt`
 */
export function storedJson<Value>(text: string, what: Phrase, read = (value: unknown) => value as Value): Value {
  try {
    return read(JSON.parse(text))
  } catch (error) {
    throw new WorkbenchError(
      'corrupt',
      phrase`The workspace database is damaged: ${what} cannot be read.`,
      phrase`Restore workbench.db from a backup; datasets/ and runs/ are not affected.`,
      { cause: error },
    )
  }
}
