import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What a child process runs. */
export interface Bundle {
  /** The schedules and what they need, for Node. */
  readonly child: string;
  /** The unmodified official client, as a page would load it. */
  readonly official: string;
  remove(): Promise<void>;
}

/** Bundles once what many child processes load, so that each starts in a fraction of a second. */
export async function bundleChild(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'onescreen-chaos-'));
  const child = join(folder, 'child.mjs');
  const official = join(folder, 'official.mjs');
  const shared = { bundle: true, format: 'esm', target: 'node20', logLevel: 'error', absWorkingDir: here } as const;
  await Promise.all([
    build({
      ...shared,
      ...{ entryPoints: ['child.ts'], outfile: child, platform: 'node', sourcemap: 'inline' },
      external: ['@azure/*'],
      // The bundle lies elsewhere; the descriptions that answers are checked against are found from here.
      define: { 'import.meta.url': JSON.stringify(new URL('../emulator/openapi.ts', import.meta.url).href) },
      tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
      // Bundled CommonJS asks for Node's own modules by `require`.
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    }),
    build({
      ...shared,
      ...{ outfile: official, platform: 'browser', conditions: ['browser'] },
      stdin: {
        contents: `export { ChatClient } from '@azure/communication-chat';
          export { AzureCommunicationTokenCredential } from '@azure/communication-common';`,
        resolveDir: here,
      },
    }),
  ]);
  return { child, official, remove: () => rm(folder, { recursive: true }) };
}
