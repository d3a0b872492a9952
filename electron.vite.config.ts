import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          'jobs/child': resolve(root, 'src/main/jobs/child.ts'),
          'jobs/desk-child': resolve(root, 'src/main/jobs/desk-child.ts'),
          'engine/probe-child': resolve(root, 'src/main/engine/probe-child.ts'),
        },
      },
    },
  },
  preload: {
    build: { outDir: 'out/preload', rollupOptions: { input: resolve(root, 'src/preload/index.ts') } },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
})
