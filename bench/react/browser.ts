import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright';
import { launchChromium } from '../../test/chromium';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url)).replace(/\/$/, '');

const peer = here('../node_modules/@azure/communication-react/dist/dist-esm');

export type ReactMajor = 18 | 19;

/** React 18 is the newest that communication-react works with; React 19 is what the library is developed with. */
const reactFolder: Readonly<Record<ReactMajor, string>> = {
  18: here('../node_modules'),
  19: here('../../node_modules'),
};

/** A program for a page: a file, or its text. */
export type Program =
  | { readonly file: string }
  | { readonly text: string; readonly folder: 'bench' | 'root'; readonly external?: readonly string[] };

/** Compiles a program as it is published, React and peers included. */
export async function bundle(program: Program, react: ReactMajor): Promise<Uint8Array> {
  const modules = reactFolder[react];
  const { outputFiles } = await build({
    ...('file' in program
      ? { entryPoints: [here(program.file)] }
      : {
          stdin: {
            contents: program.text,
            resolveDir: program.folder === 'bench' ? here('.') : here('../..'),
            loader: 'ts',
          },
        }),
    external: 'text' in program ? [...(program.external ?? [])] : [],
    tsconfig: here('../../tsconfig.json'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl' },
    alias: {
      react: `${modules}/react`,
      'react-dom': `${modules}/react-dom`,
      'communication-react/chat-client': `${peer}/chat-stateful-client/src/StatefulChatClient.js`,
      'communication-react/chat': `${peer}/chat-component-bindings/src/index.js`,
      'communication-react/components': `${peer}/react-components/src/index.js`,
    },
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('unable to bundle; there is no output');
  return output.contents;
}

/** A browser and its pages, one for each program, on this machine alone. */
export interface Pages {
  readonly version: string;
  /** Opens the program of that name in a page of its own, and closes it after `use`. */
  readonly open: <Result>(name: string, use: (page: Page) => Promise<Result>) => Promise<Result>;
}

export async function withPages(
  programs: ReadonlyMap<string, Uint8Array>,
  use: (pages: Pages) => Promise<void>,
): Promise<void> {
  // Isolated, so that the page's clock is exact to 5 microseconds.
  const headers = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cache-Control': 'no-store',
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const program = programs.get(name.replace(/\.js$/, ''));
    if (program === undefined) return void response.writeHead(404, headers).end();
    if (name.endsWith('.js'))
      return void response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(program);
    response
      .writeHead(200, { ...headers, 'Content-Type': 'text/html' })
      .end(`<!doctype html><meta charset="utf-8"><body><script type="module" src="/${name}.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('unable to serve pages; there is no port');
  // Nothing else is asked: the peers' styles name fonts on servers of their maker.
  const browser: Browser = await launchChromium({ args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
  try {
    await use({
      version: browser.version(),
      async open(name, measure) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        try {
          const page = await context.newPage();
          page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
          await page.goto(`http://127.0.0.1:${address.port}/${name}`, { waitUntil: 'load' });
          return await measure(page);
        } finally {
          await context.close();
        }
      },
    });
  } finally {
    await browser.close();
    server.close();
  }
}

/** The version of a package of the benchmarks or of the library's own development. */
export function versionOf(path: string): string {
  const read: unknown = JSON.parse(readFileSync(here(`${path}/package.json`), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
