import type { Command, CommanderError } from 'commander'
import { WorkbenchError } from '../../shared/errors.ts'
import { verbatim } from '../../shared/phrase.ts'

/** Commander's complaint as one of ours: what was wrong, and what is allowed there. */
export function usageError(error: CommanderError, program: Command, words: readonly string[]): WorkbenchError {
  const command = commandOf(program, words)
  const message = error.message.replace(/^error: /, '')
  const name = fullName(command)
  if (error.code === 'commander.unknownCommand') {
    return new WorkbenchError(
      'usage',
      verbatim(sentence(message.replace('\n', '. '))),
      verbatim(`Commands of ${name}: ${namesOf(command)}.`),
    )
  }
  // A group passes what it does not know on to its list, which then has too many arguments.
  const unknown = words.find((word) => !word.startsWith('-') && word !== command.name())
  if (error.code === 'commander.excessArguments' && command.commands.length > 0) {
    return new WorkbenchError(
      'usage',
      verbatim(`Unknown command '${unknown}'.`),
      verbatim(`Commands of ${name}: ${namesOf(command)}.`),
    )
  }
  if (error.code === 'commander.unknownOption') {
    return new WorkbenchError(
      'usage',
      verbatim(sentence(message.split('\n')[0])),
      verbatim(`${message.split('\n')[1] ?? ''} ${name} allows ${optionsOf(command)}.`.trim()),
    )
  }
  return new WorkbenchError('usage', verbatim(sentence(message)), verbatim(`${name} --help shows what is allowed.`))
}

/** The innermost command that the words name. */
function commandOf(program: Command, words: readonly string[]): Command {
  let command = program
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word)
    if (next === undefined) break
    command = next
  }
  return command
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

const namesOf = (command: Command) => command.commands.map((each) => each.name()).join(', ')

const optionsOf = (command: Command) =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long }) => long)
    .join(', ')

const sentence = (text: string) => {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?)]$/.test(capital) ? capital : `${capital}.`
}
