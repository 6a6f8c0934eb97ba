import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { pagesConfig } from '../../examples/one-screen/server/pages';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folders of pages that a browser loads as they are. */
    readonly builtPages: { readonly example: string; readonly ofTests: string };
  }
}

/**
 * Bundles the example's pages and those of the tests' own once for all tests. Like those of a development server they are
 * React's development build with its warnings; only that a page is a few files and not hundreds.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'onescreen-pages-'));
  const builtPages = { example: join(folder, 'example'), ofTests: join(folder, 'of-tests') };
  await bundlePages(fileURLToPath(new URL('../../examples/one-screen', import.meta.url)), builtPages.example);
  await bundlePages(fileURLToPath(new URL('pages', import.meta.url)), builtPages.ofTests);
  project.provide('builtPages', builtPages);
  return () => rm(folder, { recursive: true, force: true });
}

async function bundlePages(folder: string, outDir: string): Promise<void> {
  const names = await readdir(folder);
  await build({
    ...pagesConfig(folder),
    mode: 'development',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: {
      ...{ outDir, emptyOutDir: true, target: 'esnext', minify: false, chunkSizeWarningLimit: Infinity },
      rolldownOptions: {
        input: names.filter((name) => name.endsWith('.html')).map((name) => join(folder, name)),
        // Only with a real resource.
        external: ['@azure/communication-calling'],
      },
    },
  });
}
