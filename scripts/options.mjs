// What a script takes on the command line.
import { parseArgs } from 'node:util'

/**
 * The values of the options that were given. Ends the process for --help, after the usage, and for what is not understood, after one line that says what that is.
 * @template {import('node:util').ParseArgsOptionsConfig} Options
 * @param {string} usage
 * @param {Options} options as `parseArgs` takes them
 */
export function readOptions(usage, options) {
  const { values } = parse(usage, options)
  if (values.help !== true) return values
  console.log(usage)
  process.exit(0)
}

function parse(usage, options) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS_')) throw error
    // What follows its first sentence is advice for options that begin otherwise than ours.
    fail(error.message.split(/\.\s/)[0], usage)
  }
}

/**
 * Ends the process as for any wrong usage.
 * @param {string} message
 * @param {string} usage
 * @returns {never}
 */
export function fail(message, usage) {
  console.error(`error: ${message}.\n\n${usage}`)
  process.exit(2)
}
