import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Pages } from '../../examples/one-screen/server/pages';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves a folder of pages that were built. */
export function servePages(folder: string): Pages {
  return {
    middlewares(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const path = pathname === '/' ? '/index.html' : pathname;
      readFile(join(folder, path)).then(
        (content) =>
          response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(content),
        () => response.writeHead(404).end(),
      );
    },
    close: async () => {},
  };
}
