import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { createServer, type UserConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** In the pages, too, the package's name stands for its sources. */
const sources = [
  { find: /^onescreen$/, replacement: `${repository}src/index.ts` },
  { find: /^onescreen\/(.+)$/, replacement: `${repository}src/$1/index.ts` },
];

/** Imported by the library's sources, where Vite finds them only when a page asks, and would load that page twice. */
const loadedLazily = ['@azure/communication-chat', '@azure/communication-common', 'dompurify', 'socket.io-client'];

/** Answers requests for pages. */
export interface Pages {
  readonly middlewares: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export interface PagesOptions {
  /** Server whose port the pages are on; changed sources are announced there too. */
  readonly http: Server;
  /** Default: the example's own folder. */
  readonly folder?: string;
  /** Notices changed sources. Default true. */
  readonly watch?: boolean;
}

/** How the pages of a folder come from their sources, whoever serves them. */
export function pagesConfig(folder: string = root): UserConfig & { readonly configFile: false } {
  return {
    root: folder,
    configFile: false,
    appType: 'mpa',
    logLevel: 'warn',
    clearScreen: false,
    cacheDir: `${repository}node_modules/.vite/${basename(folder)}`,
    plugins: [react()],
    resolve: { alias: sources, dedupe: ['react', 'react-dom', 'rxjs'] },
  };
}

/** Serves the pages of a folder from their sources. Everything comes from this machine. */
export async function createPages({ http, folder = root, watch = true }: PagesOptions): Promise<Pages> {
  return createServer({
    ...pagesConfig(folder),
    // The calling package is used as it comes, and only with a real resource.
    optimizeDeps: { include: loadedLazily, exclude: ['@azure/communication-calling'] },
    server: {
      middlewareMode: true,
      hmr: { server: http },
      fs: { allow: [repository] },
      ...(!watch && { watch: null }),
    },
  });
}
