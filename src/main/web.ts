/** Web host: the workbench for browsers, started without a command line's other commands: web.ts [OPTIONS] is `behavegpt serve [OPTIONS]`. */
process.argv.splice(2, 0, 'serve')
await import('./cli.ts')
