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

/** Bundles once what many child processes load, so that each starts in a fraction of a second. */
export async function bundleChild(entry: URL): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'onescreen-seeds-'));
  const child = join(folder, 'child.mjs');
  await build({
    ...{ bundle: true, format: 'esm', target: 'node20', platform: 'node', logLevel: 'error', sourcemap: 'inline' },
    ...{ absWorkingDir: fileURLToPath(new URL('.', entry)), entryPoints: [fileURLToPath(entry)], outfile: child },
    external: ['@azure/*', 'werift'],
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    // Bundled CommonJS asks for Node's own modules by `require`.
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
  });
  return { child, remove: () => rm(folder, { recursive: true }) };
}
