import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * One entry point of the package. `name` is empty for the core, else the subpath (`acs/chat`).
 * @typedef {{ readonly name: string, readonly specifier: string, readonly source: string, readonly output: string, readonly browser: boolean }} Entry
 */

/** The repository's folder, without a trailing slash. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Entries that need Node; all others must run in a browser too. */
const nodeOnly = new Set(['server', 'server/redis', 'emulator', 'testing', 'routing/redis']);

const manifest = /** @type {{ readonly exports: Readonly<Record<string, unknown>> }} */ (
  JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
);

/**
 * Every entry, in the order of `exports` in package.json, which is the one list of them.
 * @type {readonly Entry[]}
 */
export const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => {
    const name = path.slice(2);
    return {
      name,
      specifier: name === '' ? 'onescreen' : `onescreen/${name}`,
      source: name === '' ? 'src/index.ts' : `src/${name}/index.ts`,
      output: name === '' ? 'index' : name,
      browser: !nodeOnly.has(name),
    };
  });
