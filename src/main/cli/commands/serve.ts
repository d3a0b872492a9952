import { webOptions } from '../../web/options.ts'
import { command } from '../specification.ts'

export const serveCommands = [
  command({
    name: 'serve',
    summary: 'open the workbench for a browser on this machine',
    description:
      'Prints an address with a secret token; whoever has it may use the workbench. Runs until it is interrupted: trainings pause then and can be resumed.\nOther machines reach it through a tunnel (ssh -L 8080:127.0.0.1:PORT MACHINE), or with --listen and a password; nothing is encrypted then, so put a proxy with TLS before it.',
    examples: [
      'serve',
      'serve --port 8080 --allow-folder /data/logs',
      'serve --port 8080 --token-file secret',
      'serve --listen 0.0.0.0 --password-file secret',
    ],
    options: [
      { flags: '--port <n>', description: 'port to listen at', path: 'port', standard: 'any free one' },
      {
        flags: '--allow-folder <folder>',
        description: 'folder from which the page may read files',
        path: 'allowFolder',
      },
      {
        flags: '--listen <address>',
        description: 'address to listen at; others than loopback need a password',
        path: 'listen',
      },
      {
        flags: '--password-file <file>',
        description: 'file whose first line is the password, readable by its owner alone (or BEHAVEGPT_PASSWORD)',
        path: 'passwordFile',
      },
      {
        flags: '--name <host...>',
        description: 'more names by which browsers call it, such as that of a proxy',
        path: 'names',
      },
      {
        flags: '--page <folder>',
        description: 'the built page',
        path: 'page',
        standard: 'out/renderer of the program',
      },
      {
        flags: '--token <text>',
        description: 'secret of the address, at least 32 of A-Z a-z 0-9 _ -',
        path: 'token',
        standard: 'a random one',
      },
      {
        flags: '--token-file <file>',
        description:
          'file whose first line is that secret, readable by its owner alone; the printed address is without it',
        path: 'tokenFile',
      },
    ],
    input: webOptions,
    run: async (workbench, input, { signal }) => {
      // Loaded here, since no other command needs a web server.
      const { startWebHost } = await import('../../web/host.ts')
      const host = await startWebHost(workbench.directory, input)
      // The server keeps the process alive until it is interrupted.
      signal.addEventListener('abort', () => void host.close(), { once: true })
      return {
        document: { address: host.address, workspace: workbench.directory, processId: process.pid },
        text: host.address,
      }
    },
  }),
]
