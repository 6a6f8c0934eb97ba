import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const peer = here('../node_modules/@azure/communication-react/dist/dist-esm/');

/**
 * Compiles a program as it is published, peers included, gives its file to `use`, and removes it. What runs TypeScript as
 * it is names every function anew, wherever one is made, which takes longer than all the rest; and communication-react
 * names no files that plain Node could load.
 */
export async function withBundle<Result>(source: string, use: (program: string) => Promise<Result>): Promise<Result> {
  const cache = here('../node_modules/.cache/');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'state-'));
  const program = join(folder, 'measure.mjs');
  try {
    await build({
      entryPoints: [here(source)],
      tsconfig: here('../../tsconfig.json'),
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      define: { 'process.env.NODE_ENV': '"production"' },
      alias: {
        'communication-react/stateful-chat-client': `${peer}chat-stateful-client/src/StatefulChatClient.js`,
        'communication-react/call-context': `${peer}calling-stateful-client/src/CallContext.js`,
        'communication-react/internal-call-context': `${peer}calling-stateful-client/src/InternalCallContext.js`,
        'communication-react/participant-subscriber': `${peer}calling-stateful-client/src/ParticipantSubscriber.js`,
        '@azure/communication-calling': here('calls/no-calling.ts'),
      },
      // Some packages still ask for others with `require`.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    return await use(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
