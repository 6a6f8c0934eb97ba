import { existsSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { entries, root } from './scripts/entries.mjs';

const shared: Options = {
  outDir: 'dist',
  target: 'es2022',
  splitting: false,
  treeshake: false,
  // Entries import each other by name, so that every class exists once however many entries are loaded.
  external: [/^onescreen(\/|$)/],
  outExtension: ({ format }) => ({ js: format === 'cjs' ? '.cjs' : '.js' }),
};

const library = (browser: boolean): Options => {
  const entry = Object.fromEntries(
    entries.filter((one) => one.browser === browser).map(({ output, source }) => [output, source]),
  );
  return {
    ...shared,
    name: browser ? 'browser' : 'node',
    entry,
    format: ['esm', 'cjs'],
    platform: browser ? 'neutral' : 'node',
    // tsup sets `baseUrl`, which TypeScript 6 calls deprecated.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  };
};

const cli: Options = {
  ...shared,
  name: 'cli',
  entry: { cli: 'src/cli/main.ts' },
  format: ['esm'],
  platform: 'node',
};

export default defineConfig([library(true), library(false), ...(existsSync(`${root}/src/cli/main.ts`) ? [cli] : [])]);
