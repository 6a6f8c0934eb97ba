import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What a child process runs. */
export interface Bundle {
  readonly child: string;
  remove(): Promise<void>;
}

export interface BundleOptions {
  /** Packages that are taken as a page would load them. */
  readonly browser?: readonly string[];
}

/** Bundles once what many child processes load, so that each starts in a fraction of a second. */
export async function bundleChild(entry: URL, { browser = [] }: BundleOptions = {}): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'onescreen-seeds-'));
  const child = join(folder, 'child.mjs');
  const official = join(folder, 'official.mjs');
  if (browser.length > 0) {
    await build({
      ...{ bundle: true, format: 'esm', target: 'node20', platform: 'browser', logLevel: 'error' },
      ...{ conditions: ['browser'], outfile: official, external: ['node:*'] },
      stdin: {
        contents: browser.map((name) => `export * from '${name}';`).join('\n'),
        resolveDir: fileURLToPath(new URL('.', entry)),
      },
    });
  }
  await build({
    ...{ bundle: true, format: 'esm', target: 'node20', platform: 'node', logLevel: 'error', sourcemap: 'inline' },
    ...{ absWorkingDir: fileURLToPath(new URL('.', entry)), entryPoints: [fileURLToPath(entry)], outfile: child },
    alias: Object.fromEntries(browser.map((name) => [name, official])),
    external: ['@azure/*', 'werift'],
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    // Bundled CommonJS asks for Node's own modules by `require`.
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
  });
  return { child, remove: () => rm(folder, { recursive: true }) };
}
