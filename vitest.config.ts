import { defineConfig } from 'vitest/config'

const shared = {
  // Child processes, not worker threads: native add-ons (ONNX Runtime, DuckDB, SQLite) are safest one per process.
  pool: 'forks',
  // One process for many files: what takes long to load, such as ONNX Runtime, DuckDB or a browser, is loaded once. Files share nothing else.
  isolate: false,
  globalSetup: 'test/build.ts',
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const

/** What they put in the place of a module must not come too late: in one process for many files, another file may have loaded it. */
const replacing = ['test/jobs/supervisor.test.ts', 'test/jobs/doctor.test.ts']

export default defineConfig({
  test: {
    // Most of a test file's time is a child process or a native library at work, so every core gets a file.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/desktop/**', ...replacing],
        },
      },
      { test: { ...shared, name: 'isolated', include: replacing, isolate: true } },
      // The desktop's main process sets its process up for good: how others are launched, what modules are Electron's.
      { test: { ...shared, name: 'desktop', include: ['test/desktop/**/*.test.ts'], isolate: true } },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/build.ts', 'test/e2e/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // As patient with a busy machine as what waits in a page.
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
  },
})
