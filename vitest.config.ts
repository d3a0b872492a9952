import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Child processes, not worker threads: native add-ons (ONNX Runtime, DuckDB, SQLite) are safest one per process.
    pool: 'forks',
    // Most of a test file's time is a child process or a native library at work, so every core gets a file.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
