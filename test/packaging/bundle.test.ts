import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';
import { expect, inject, test } from 'vitest';
import { entries } from '../../scripts/entries.mjs';

const consumer = inject('consumer');
const chatConsumer = inject('chatConsumer');

interface Reached {
  /** Specifiers of packages and built-ins that the bundle reaches by a static import. */
  readonly statically: readonly string[];
  /** Those it reaches only when asked, by `import()`. */
  readonly lazily: readonly string[];
  /** Packages that went into the bundle, apart from ours and rxjs with its own. */
  readonly bundled: readonly string[];
}

/** Bundles `code` for a browser as a consumer's bundler would, following every package but those that are optional. */
async function reach(code: string): Promise<Reached> {
  const optional: Plugin = {
    name: 'stop at packages that not everybody has',
    setup(build) {
      build.onResolve({ filter: /^(@azure|react|react-dom|socket\.io|socket\.io-client)(\/|$)/ }, ({ path }) => ({
        path,
        external: true,
      }));
      build.onResolve({ filter: /^[a-z_:/]+$/ }, ({ path }) =>
        isBuiltin(path) ? { path, external: true } : undefined,
      );
    },
  };
  const { metafile } = await bundle({
    stdin: { contents: code, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    outdir: join(consumer, 'out'),
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [optional],
  });
  return { statically: external(metafile, false), lazily: external(metafile, true), bundled: packages(metafile) };
}

function external({ inputs }: Metafile, lazy: boolean): string[] {
  const imports = Object.values(inputs).flatMap((input) => input.imports);
  const wanted = imports.filter((one) => one.external === true && (one.kind === 'dynamic-import') === lazy);
  return [...new Set(wanted.map((one) => one.path))].sort();
}

function packages({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  const others = names.filter((name) => name !== undefined && !['onescreen', 'rxjs', 'tslib'].includes(name));
  return [...new Set(others)].map(String).sort();
}

const whole = (specifier: string) => `export * from '${specifier}';`;
const browserEntries = entries.filter((entry) => entry.browser);

test('the core reaches nothing but rxjs', async () => {
  expect(await reach(whole('onescreen'))).toEqual({ statically: [], lazily: [], bundled: [] });
});

test.each(browserEntries)('$specifier reaches no Node built-in', async ({ specifier }) => {
  const { statically, lazily } = await reach(whole(specifier));
  expect([...statically, ...lazily].filter(isBuiltin)).toEqual([]);
});

test('a bundle that does reach a Node built-in is caught', async () => {
  expect((await reach("import 'node:fs';")).statically).toEqual(['node:fs']);
});

test('onescreen/routing reaches nothing but the core', async () => {
  expect(await reach(whole('onescreen/routing'))).toEqual({ statically: [], lazily: [], bundled: [] });
});

test('onescreen/react reaches React and neither ACS nor a socket', async () => {
  const { statically, lazily, bundled } = await reach(whole('onescreen/react'));
  expect([...lazily, ...bundled]).toEqual([]);
  expect(statically.filter((path) => path !== 'react' && !path.startsWith('react/'))).toEqual([]);
});

test('onescreen/control-plane and onescreen/customer reach Socket.IO but not ACS or React', async () => {
  for (const specifier of ['onescreen/control-plane', 'onescreen/customer']) {
    const { statically, lazily } = await reach(whole(specifier));
    expect([...statically, ...lazily].filter((path) => path !== 'socket.io-client')).toEqual([]);
  }
});

test('onescreen/acs/chat reaches the chat client only when asked, and never the calling client', async () => {
  const { statically, lazily } = await reach(whole('onescreen/acs/chat'));
  expect(statically.filter((path) => path.startsWith('@azure'))).toEqual([]);
  expect(lazily).toContain('@azure/communication-chat');
  expect(lazily).not.toContain('@azure/communication-calling');
});

test('onescreen/acs/calling reaches the calling package only when asked, and bundles nothing', async () => {
  const { statically, lazily, bundled } = await reach(whole('onescreen/acs/calling'));
  expect(statically).toEqual([]);
  expect(lazily).toEqual(['@azure/communication-calling']);
  expect(bundled).toEqual([]);
});

test('onescreen/chat, onescreen/voice and onescreen/emulator/calling reach nothing but the core', async () => {
  for (const specifier of ['onescreen/chat', 'onescreen/voice', 'onescreen/emulator/calling']) {
    expect(await reach(whole(specifier))).toEqual({ statically: [], lazily: [], bundled: [] });
  }
});

test('a vendor who only chats bundles without the calling package installed', async () => {
  const { outputFiles } = await bundle({
    stdin: {
      contents:
        "export * from 'onescreen'; export * from 'onescreen/control-plane'; export * from 'onescreen/acs/chat';",
      resolveDir: chatConsumer,
    },
    absWorkingDir: chatConsumer,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    outdir: join(chatConsumer, 'out'),
    write: false,
    logLevel: 'silent',
  });
  expect(outputFiles.length).toBeGreaterThan(0);
});

test('whoever calls without the calling package installed is told by the bundler', async () => {
  const calling = bundle({
    stdin: { contents: whole('onescreen/acs/calling'), resolveDir: chatConsumer },
    absWorkingDir: chatConsumer,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  await expect(calling).rejects.toThrow('@azure/communication-calling');
});

test('a bundle of one function of the core leaves the rest out', async () => {
  const size = async (code: string) => {
    const { outputFiles } = await bundle({
      stdin: { contents: code, resolveDir: consumer },
      bundle: true,
      minify: true,
      format: 'esm',
      external: ['rxjs'],
      write: false,
    });
    return outputFiles.reduce((sum, file) => sum + file.text.length, 0);
  };
  const one = await size("export { isContactCenterError } from 'onescreen';");
  const all = await size(whole('onescreen'));
  expect(one).toBeGreaterThan(0);
  expect(one).toBeLessThan(all / 4);
});
