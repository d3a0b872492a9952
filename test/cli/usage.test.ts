import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/main/cli/commands/index.ts'
import { createProgram, type Request } from '../../src/main/cli/program.ts'
import { describeField } from '../../src/main/cli/specification.ts'
import { usageError } from '../../src/main/cli/usage.ts'
import { createWorkbench } from '../../src/main/workbench.ts'
import { WorkbenchError } from '../../src/shared/errors.ts'
import { silentContext } from '../../src/shared/progress.ts'
import { CliFolder } from './run-cli.ts'

/** Parses words in this process, as the command line does, and gives the checked request. */
async function parse(...words: string[]): Promise<Request> {
  let request: Request | undefined
  const program = createProgram(commands, '0', async (given) => {
    request = given
  })
  await program.parseAsync(words, { from: 'user' })
  return request!
}

describe('every command', () => {
  test.each(commands)(
    '$name has help with examples that it accepts',
    async ({ name, examples, options = [], input }) => {
      let help = ''
      const program = createProgram(commands, '0', async () => {})
      for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
        command.configureOutput({ writeOut: (text) => (help += text) })
      }
      await expect(program.parseAsync([...name.split(' '), '--help'], { from: 'user' })).rejects.toMatchObject({
        exitCode: 0,
      })
      expect(help).toContain('Examples:')
      for (const flag of ['--workspace <directory>', '--json', '--help']) expect(help).toContain(flag)
      for (const { path } of options) expect(describeField(input, path), path).toBeDefined()
      for (const example of examples) {
        const words = example
          .replace(/ <<<.*| < .*/, '')
          .split(' ')
          // There is no such file.
          .filter((word) => !['--taxonomy', 'taxonomy.csv'].includes(word))
        const { specification } = await parse(...words)
        expect(specification.name).toBe(words[0] === name || name.endsWith(' list') ? specification.name : name)
      }
    },
  )

  test.each(['sources', 'dataset', 'runs', 'jobs'])('the group %s has help with examples of its own', async (group) => {
    using folder = new CliFolder()
    const { code, stdout } = await folder.run([group, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`--workspace DIR, --json.*Examples:\\n  behavegpt ${group}\\b`, 's'))
  })

  test('has a name of its own', () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
  })
})

describe('options become the input of a procedure', () => {
  test('at their paths, with the defaults of the schema', async () => {
    const { input, workspace, json } = await parse(
      ...'train --dataset phones --preset tiny --objective dro-kl --rho .2 --parameter tau=1 --no-habit --epochs 2 --workspace /w --json'.split(
        ' ',
      ),
    )
    expect({ workspace, json }).toEqual({ workspace: '/w', json: true })
    expect(input).toMatchObject({
      dataset: 'phones',
      epochs: 2,
      model: { preset: 'tiny', habit: false, dropout: 0.1 },
      objective: { name: 'dro-kl', parameters: { rho: 0.2, tau: 1 } },
      batch: 64,
    })
  })

  test('transitions are off unless asked for', async () => {
    const train = ['train', '--dataset', 'd', '--epochs', '1']
    expect((await parse(...train)).input).toMatchObject({ model: { transitions: false } })
    expect((await parse(...train, '--transitions')).input).toMatchObject({ model: { transitions: true } })
  })

  test('extra heads are off unless asked for, and their losses weigh 1', async () => {
    const train = ['train', '--dataset', 'd', '--epochs', '1']
    expect((await parse(...train)).input).toMatchObject({
      model: { locationHead: false, gapHead: false },
      locationWeight: 1,
      gapWeight: 1,
    })
    const asked = ['--location-head', '--gap-head', '--location-weight', '0.5', '--gap-weight', '2']
    expect((await parse(...train, ...asked)).input).toMatchObject({
      model: { locationHead: true, gapHead: true },
      locationWeight: 0.5,
      gapWeight: 2,
    })
    await expect(parse(...train, '--gap-weight', '0')).rejects.toThrow('gap-weight')
  })

  test("the decays of the optimizer's moments", async () => {
    const train = ['train', '--dataset', 'd', '--epochs', '1', '--betas']
    expect((await parse(...train, '0.8,0.99')).input).toMatchObject({ betas: [0.8, 0.99] })
    await expect(parse(...train, '0.8')).rejects.toThrow('two numbers')
    await expect(parse(...train, '0.8,1')).rejects.toThrow('two numbers')
  })

  test('a split by shares of time, or leave-one-out', async () => {
    expect((await parse('dataset', 'build', '--name', 'd', '--split', 'time:0.7,0.1,0.2')).input).toMatchObject({
      split: { kind: 'time', train: 0.7, valid: 0.1, test: 0.2 },
    })
    expect((await parse('dataset', 'build', '--name', 'd', '--split', 'leave-one-out')).input).toMatchObject({
      split: { kind: 'leave-one-out' },
    })
  })

  test('a location column can be denied', async () => {
    const { input } = await parse('import', 'log.csv', '--location-column', 'none', '--user-column', 'who')
    expect(input).toMatchObject({ files: ['log.csv'], mapping: { user: 'who', location: null } })
  })

  test('a group without a command lists', async () => {
    expect((await parse('jobs')).specification.name).toBe('jobs list')
    expect((await parse('runs', '--json')).specification.name).toBe('runs list')
  })
})

const wrongUsage: [words: string, message: RegExp, hint: RegExp][] = [
  ['frobnicate', /frobnicate/, /import, .*train/],
  ['dataset biuld', /biuld/, /build, list, show/],
  ['train --datset x', /--datset/, /Did you mean --dataset\?.*--preset/],
  ['train', /--dataset <dataset> is missing/, /dataset list/],
  ['train --dataset x --resume y', /--resume and --dataset exclude each other/, /alone/],
  ['train --resume y --learning-rate 0.1', /--resume and --learning-rate exclude each other/, /alone/],
  ['train --dataset x --checkpoint previous', /--checkpoint goes with --resume only/, /new run/],
  ['train --dataset x --preset huge', /--preset.*huge.*nano, tiny, small, base, large/, /--help/],
  ['train --dataset x --objective dro', /--objective.*ce, focal/, /--help/],
  ['train --dataset x --device gpu', /--device.*cpu, webgpu, cuda, dml, coreml, auto/, /--help/],
  ['train --dataset x --batch ten', /--batch.*ten.*number/, /--help/],
  ['train --dataset x --steps-per-call some', /--steps-per-call.*some.*auto or a whole number from 1/, /--help/],
  ['train --dataset x --batch 1.5', /--batch.*whole number/, /--help/],
  ['train --dataset x --batch 0', /--batch: it must be at least 1/, /--help/],
  ['train --dataset x --dropout 2', /--dropout: it must be at most 0.9/, /--help/],
  ['train --dataset x --rho .1', /--objective <name> is missing: ce, which it is without, does not go/, /--help/],
  ['doctor --device gpu', /--device.*"cpu"\|"webgpu"\|"cuda"/, /--help/],
  ['train --dataset x --parameter rho', /NAME=NUMBER/, /--help/],
  ['runs list --workspace=', /--workspace: it must not be empty/, /folder/],
  ['dataset build', /--name <name> is missing/, /--help/],
  ['dataset build --name d --split time:1,2', /time:TRAIN,VALID,TEST.*leave-one-out/, /--help/],
  ['dataset build --name d --split time:0.5,0.1,0.1', /--split: the three shares must add up to 1/, /--help/],
  ['dataset build --name d --slot-minutes 7', /--slot-minutes: must divide the 1440 minutes/, /--help/],
  ['dataset build --name d --taxonomy nowhere.csv', /--taxonomy.*nowhere.csv cannot be read/, /--help/],
  ['evaluate', /--run <run> is missing/, /--help/],
  ['evaluate --run r --split train', /--split.*valid, test/, /--help/],
  ['compare a', /<runs...>: at least 2/, /--help/],
  ['predict --run r', /exactly one/, /--help/],
  ['import', /No file/, /import FILE/],
  ['import --rejects', /--source/, /sources/],
  ['import log.csv --output x', /--rejects/, /^$/],
  ['import log.csv --format xls', /--format.*csv, tsv, jsonl, parquet/, /--help/],
  ['jobs show one', /one.*number/, /--help/],
  ['quickstart --minutes 0', /--minutes: it must be at least 0.2/, /--help/],
]

/** The error that a command line ends with, found in this process. */
async function errorOf(words: readonly string[]): Promise<WorkbenchError> {
  const run = async ({ specification, workspace, input }: Request) => {
    await specification.run(createWorkbench(workspace), input, silentContext)
  }
  const program = createProgram(commands, '0', run)
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (error instanceof WorkbenchError) return error
    if (error instanceof CommanderError) return usageError(error, program, words)
    throw error
  }
  throw new Error(`${words.join(' ')} was accepted`)
}

describe('wrong usage', () => {
  test.each(wrongUsage)('%s names the option and says what is allowed', async (words, message, hint) => {
    const error = await errorOf(words.split(' '))
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(message)
    expect(error.hint ?? '').toMatch(hint)
  })

  test('ends with 2 and one document on standard output', async () => {
    using folder = new CliFolder()
    for (const words of ['train --datset x --json', 'train --batch 0 --dataset x --json', 'frobnicate --json']) {
      const result = await folder.run(words.split(' '))
      expect({ words, code: result.code, stderr: result.stderr }).toEqual({ words, code: 2, stderr: '' })
      expect(result.document()).toMatchObject({ error: { code: 'usage', hint: expect.any(String) } })
    }
  })

  test('is said on standard error without --json, and standard output stays empty', async () => {
    using folder = new CliFolder()
    const { code, stdout, stderr } = await folder.run(['train', '--batch', '0', '--dataset', 'x'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe('error: --batch: it must be at least 1.\nhint: behavegpt train --help shows what is allowed.\n')
  })

  test('no command at all ends with 2 and the list of commands', async () => {
    using folder = new CliFolder()
    expect(await folder.run([])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No command.*quickstart.*jobs/s),
    })
  })
})

describe('without a workspace', () => {
  test.each(['logs', 'runs', 'evaluate --run r'])('%s fails with 1 and says where it looked', async (words) => {
    using folder = new CliFolder()
    const result = await folder.run([...words.split(' '), '--json'])
    expect(result.code).toBe(1)
    expect(result.document()).toMatchObject({
      error: { code: 'not-found', message: expect.stringContaining(folder.workspace) },
    })
  })
})
