/** The rooms of ARCHITECTURE.md, top to bottom: a room imports only from rooms of a later rank. */
const ranks = [
  ['cli.ts', 'cli', 'index.ts', 'desktop', 'web.ts', 'web'],
  ['router.ts', 'page', 'page-host.ts'],
  ['workbench.ts'],
  ['procedures'],
  ['jobs'],
  ['ingest', 'training', 'evaluation', 'prediction', 'simulation', 'review'],
  ['dataset', 'model', 'engine'],
  ['storage', 'graph', 'launch'],
]

const toPath = (names) => `^src/main/(${names.map((name) => name.replace('.', '\\.')).join('|')})(/|$)`

const upwards = ranks.slice(1).map((names, index) => ({
  name: `no-upward-import-from-${names.join('-')}`,
  comment: `${names.join(', ')} may import only from rooms below (see ARCHITECTURE.md)`,
  severity: 'error',
  from: { path: toPath(names) },
  to: { path: toPath(ranks.slice(0, index + 1).flat()) },
}))

const sideways = [
  ['graph', ['storage', 'launch']],
  ['launch', ['storage', 'graph']],
  ['storage', ['graph', 'launch']],
  ['model', ['engine', 'dataset']],
  ['dataset', ['engine', 'model']],
].map(([room, forbidden]) => ({
  name: `no-import-${room}-to-${forbidden.join('-')}`,
  comment: `${room} knows nothing of ${forbidden.join(' or ')}`,
  severity: 'error',
  from: { path: toPath([room]) },
  to: { path: toPath(forbidden) },
}))

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-is-pure',
      comment: 'src/shared runs in Node and in the page: no Node modules, nothing of main or renderer',
      severity: 'error',
      from: { path: '^src/shared' },
      to: { path: '^src/(main|renderer|preload)' },
    },
    { name: 'shared-no-node', severity: 'error', from: { path: '^src/shared' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'graph-is-pure',
      comment: 'graph does no input or output',
      severity: 'error',
      from: { path: '^src/main/graph' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-storage-speaks-sql',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/main/storage' },
      to: { path: 'node_modules/better-sqlite3' },
    },
    {
      name: 'only-engine-runs-graphs',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/main/engine' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'only-the-desktop-knows-electron',
      comment: 'every other host runs without it',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(main/(index\\.ts|desktop/)|preload/)' },
      to: { path: 'node_modules/electron(/|$)' },
    },
    {
      name: 'main-knows-no-page',
      comment: "only the desktop says phrases in the reader's language, by the page's translations",
      severity: 'error',
      from: { path: '^src/(main|preload)' },
      to: { path: '^src/renderer', pathNot: '^src/renderer/locales/' },
    },
    {
      name: 'only-the-desktop-translates',
      severity: 'error',
      from: { path: '^src/(main|preload)', pathNot: '^src/main/desktop/' },
      to: { path: '^src/renderer/locales' },
    },
    ...upwards,
    ...sideways,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
}
