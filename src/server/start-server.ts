import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ContactCenterError } from 'onescreen';
import { attachSockets, type AttachOptions, type AttachedSockets, type Heartbeat } from './attach-sockets';
import { createServer, type ContactCenterServer } from './contact-center-server';
import type { ServerOptions } from './options';

export interface StartServerOptions extends ServerOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1, reachable from this machine alone. */
  readonly host?: string;
  /** How dead pages are noticed. */
  readonly heartbeat?: Heartbeat;
  /** Answers requests for other paths than the server's own, such as an application's pages. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface RunningServer {
  /** Origin to give to `controlPlane(url)`. */
  readonly url: string;
  readonly server: ContactCenterServer;
  /** Ends all connections and frees the port; idempotent. */
  close(): Promise<void>;
}

/** A control plane on a port of its own: HTTP and sockets around {@link createServer}. */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const server = createServer(options);
  const { url, close } = await serve(server, options);
  return { url, server, close };
}

/** What can be served on a port. */
export type Served = Pick<ContactCenterServer, 'connect' | 'handle' | 'allowedOrigins' | 'paths' | 'close'>;

export interface ServeOptions extends Pick<StartServerOptions, 'port' | 'host' | 'fallback'>, AttachOptions {}

/**
 * HTTP and sockets around a server that there is already; it is closed with them, and when the port cannot be had. Rejects
 * with `command/failed` then, and with `command/invalid` for a heartbeat that makes no sense.
 */
export async function serve(
  server: Served,
  { port = 0, host = '127.0.0.1', heartbeat = {}, fallback, adapter, logger }: ServeOptions = {},
): Promise<Pick<RunningServer, 'url' | 'close'>> {
  const http = createHttpServer(requestListener(server, fallback));
  let sockets: AttachedSockets;
  try {
    sockets = attachSockets(http, server, {
      heartbeat,
      ...(adapter !== undefined && { adapter }),
      ...(logger !== undefined && { logger }),
    });
  } catch (error) {
    await server.close();
    throw error;
  }
  const open = new Set<Socket>();
  http.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, host, resolve);
    });
  } catch (cause) {
    await sockets.close();
    await server.close();
    throw new ContactCenterError('command/failed', `unable to start server; port ${port} cannot be had`, { cause });
  }
  const address = http.address();
  const shown = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${shown}:${typeof address === 'object' ? (address?.port ?? port) : port}`,
    close() {
      closing ??= (async () => {
        await sockets.close();
        const ended = new Promise<void>((resolve) => http.close(() => resolve()));
        // Upgraded connections too, whoever took them.
        for (const socket of open) socket.destroy();
        await ended;
        await server.close();
      })();
      return closing;
    },
  };
}

/** A request listener for a vendor's own node:http server: the server's paths, and `fallback` for all others. */
export function requestListener(
  server: Pick<ContactCenterServer, 'handle' | 'paths'>,
  fallback?: (request: IncomingMessage, response: ServerResponse) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const own = getRequestListener((request) => server.handle(request), { overrideGlobalObjects: false });
  return (request, response) => {
    if (fallback === undefined || isBelow(server.paths, request.url ?? '/')) void own(request, response);
    else fallback(request, response);
  };
}

function isBelow(paths: readonly string[], url: string): boolean {
  const [path = '/'] = url.split('?', 1);
  return paths.some((one) => path === one || path.startsWith(`${one}/`));
}
