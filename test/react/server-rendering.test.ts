import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('server rendering', () => {
  let folder = '';
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'onescreen-ssr-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    { major: 18, alias: { react: 'react-18', 'react-dom': 'react-dom-18' } },
    { major: 19, alias: {} },
  ])(
    'gives every hook its value in plain Node with React $major, and lets the process end',
    async ({ major, alias }) => {
      const outfile = join(folder, `page-${major}.mjs`);
      await build({
        ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error', outfile, alias },
        entryPoints: [join(root, 'test/react/server-page.tsx')],
        tsconfig: join(root, 'tsconfig.json'),
        external: ['@azure/*'],
        // Bundled CommonJS asks for Node's own modules by `require`.
        banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
      });
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], { timeout: 20_000 });
      expect(stderr).toBe('');
      const { version, signedIn, closed }: Readonly<Record<string, string>> = JSON.parse(stdout);
      expect(version).toMatch(new RegExp(`^${major}\\.`));
      expect(signedIn).toBe('<p>online Ada 0 1 assigned p-cleo connected 7 pending may end</p>');
      expect(closed).toBe(
        '<p>signed-out nobody 0 0 no task no customer no chat no timeline no wrap-up may not end</p>',
      );
    },
  );
});
