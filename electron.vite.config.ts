import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

/**
 * electron-vite makes the page look for its files beside the address that is open, for pages that are opened as files. Ours is served, by a protocol or a web host, and
 * opens at any depth: at /runs/ID there is nothing beside it.
 */
const addressesFromTheRoot = { name: 'addresses-from-the-root', config: () => ({ base: '/' }) }

const orpc = ['client', 'contract', 'server'].map((name) => `@orpc/${name}`)

interface ModuleGraph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null
}

/** Puts all that every page needs into one file, instead of forty small ones that a browser has to ask for one by one. */
function shellOfPage() {
  const known = new Map<string, boolean>()
  const isOfEveryPage = (id: string, graph: ModuleGraph): boolean => {
    const found = known.get(id)
    if (found !== undefined) return found
    // For modules that import each other in a circle.
    known.set(id, false)
    const info = graph.getModuleInfo(id)
    const is = info !== null && (info.isEntry || info.importers.some((importer) => isOfEveryPage(importer, graph)))
    known.set(id, is)
    return is
  }
  return (id: string, graph: ModuleGraph) => (isOfEveryPage(id, graph) ? 'shell' : null)
}

/**
 * Puts what several pages are made of into one file, but for charts, which not every page has: a page asked for thirty files, and asking for them took 50 ms of the click that
 * led there in a window just opened. For the same reason all styles are one file.
 */
const partsOfPages = { name: 'parts', test: /src\/(renderer\/(components|composables)|shared)\//, minShareCount: 2 }

/**
 * Files of pages are loaded in idle moments, or when somebody goes there: their functions are compiled meanwhile, in the background, and not one by one when they are first
 * called and somebody waits. (V8's explicit compile hints; a browser that does not know them reads a comment.) Not so what a start waits for.
 */
const compileWhileLoading = ({ isEntry }: { isEntry: boolean }) => (isEntry ? '' : '//# allFunctionsCalledOnLoad')

export default defineConfig({
  // Entries are the main modules of processes (see processModule), for Node and for Electron alike: from a few large files a process starts in half the time that it
  // takes from the sources. What is native, or is read as a file, stays outside.
  main: {
    build: {
      externalizeDeps: { exclude: ['@bufbuild/protobuf', ...orpc, 'commander', 'onnx-buf', 'ws', 'zod'] },
      outDir: resolve(root, 'out/main'),
      emptyOutDir: true,
      // For whoever looks for a fault in them, and for the tests that ask what a file is made of.
      sourcemap: true,
      rollupOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          cli: resolve(root, 'src/main/cli.ts'),
          web: resolve(root, 'src/main/web.ts'),
          'jobs/child': resolve(root, 'src/main/jobs/child.ts'),
          'jobs/desk-child': resolve(root, 'src/main/jobs/desk-child.ts'),
          'jobs/design-child': resolve(root, 'src/main/jobs/design-child.ts'),
          'jobs/evaluation-child': resolve(root, 'src/main/jobs/evaluation-child.ts'),
          'engine/probe-child': resolve(root, 'src/main/engine/probe-child.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  // One file in the only format that a sandboxed preload may have.
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      emptyOutDir: true,
      rollupOptions: {
        input: { index: resolve(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    plugins: [vue(), addressesFromTheRoot],
    define: {
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir: true,
      // Also for browsers that are older than Electron's, at a web host.
      target: 'es2022',
      minify: true,
      cssCodeSplit: false,
      rollupOptions: {
        input: resolve(root, 'src/renderer/index.html'),
        output: { codeSplitting: { groups: [{ name: shellOfPage() }, partsOfPages] }, postBanner: compileWhileLoading },
      },
    },
  },
})
