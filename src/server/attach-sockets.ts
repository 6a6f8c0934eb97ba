import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as SocketServer, type DefaultEventsMap, type ServerOptions, type Socket } from 'socket.io';
import { ContactCenterError, toContactCenterError, type Logger } from 'onescreen';
import { redacting } from 'onescreen/logging';
import type { ContactCenterServer } from './contact-center-server';
import type { ServerConnection } from './door';
import { recoveryMs } from './session';

export interface AttachedSockets {
  /** Ends all socket connections; the HTTP server goes on. Idempotent. */
  close(): Promise<void>;
}

/** How a page whose network or browser has died without a word is noticed. Times are in milliseconds. */
export interface Heartbeat {
  /** How often a page is asked for a sign of life. Default 5 000. */
  readonly intervalMs?: number;
  /** How long it may take to give one. Default 5 000: a page that is frozen is noticed within about 10 s. */
  readonly timeoutMs?: number;
}

export interface AttachOptions {
  readonly heartbeat?: Heartbeat;
  /** Where Socket.IO keeps what pages miss while their link is down. Default: this process; with several nodes, what all of them reach. */
  readonly adapter?: ServerOptions['adapter'];
  /** Told of each origin once whose pages are refused, as `origin-refused`: they see nothing but that nobody answers. */
  readonly logger?: Logger;
}

interface SocketData {
  session?: string;
}

type Page = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

/** Longest packet, in bytes. The server itself refuses shorter frames already, with an answer. */
const maxPacket = 1_048_576;

/** Of so many origins at most is told that they are refused. */
const mostOrigins = 100;

const path = '/socket.io/';

/**
 * Opens the server's doors on a node:http server: Socket.IO's namespaces `/agents` and `/customers`, event `frame`.
 * Throws `command/invalid` for a heartbeat that makes no sense.
 */
export function attachSockets(
  http: HttpServer,
  server: Pick<ContactCenterServer, 'connect' | 'allowedOrigins'>,
  { heartbeat = {}, adapter, logger }: AttachOptions = {},
): AttachedSockets {
  const { intervalMs = 5_000, timeoutMs = 5_000 } = heartbeat;
  if (!(intervalMs > 0 && timeoutMs > 0)) {
    throw new ContactCenterError('command/invalid', 'unable to open sockets; heartbeat must be above 0', {
      field: 'heartbeat',
    });
  }
  const refused = new Set<string>();
  const isLetIn = ({ headers }: IncomingMessage) => {
    const { origin = '' } = headers;
    const allowed = isAllowed(headers, server.allowedOrigins);
    if (!allowed && !refused.has(origin) && refused.size < mostOrigins) {
      refused.add(origin);
      if (logger !== undefined) redacting(logger).warn('origin-refused', { origin, helps: 'allowedOrigins' });
    }
    return allowed;
  };
  const io = new SocketServer<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>({
    path,
    transports: ['websocket'],
    serveClient: false,
    pingInterval: intervalMs,
    pingTimeout: timeoutMs,
    maxHttpBufferSize: maxPacket,
    // Whoever returns is asked who it is again.
    connectionStateRecovery: { maxDisconnectionDuration: recoveryMs, skipMiddlewares: false },
    ...(adapter !== undefined && { adapter }),
    allowRequest: (request, decide) => decide(null, isLetIn(request)),
  });
  for (const door of ['agents', 'customers']) {
    const namespace = io.of(`/${door}`);
    const arrived = new WeakMap<Page, (page: Page) => void>();
    namespace.use((page, next) => {
      let early: unknown[] | undefined = [];
      const send = (frame: unknown) => {
        // Through the namespace, so that its adapter keeps what the page misses while its link is down.
        if (early === undefined) namespace.to(page.id).emit('frame', frame);
        else early.push(frame);
      };
      // Not to be recovered: what is still on its way to this link must not reach the page's next one.
      const end = () => (page.connected ? page.disconnect(true) : page.conn.close());
      const session = page.recovered ? page.data.session : undefined;
      const credentials = credentialsOf(page.handshake.auth);
      // Through Redis a frame can slip by between the look at what was missed and the page's being there.
      const known = session !== undefined && { session, ...(adapter !== undefined && { snapshot: true }) };
      server.connect({ door, credentials, send, end, ...known }).then(
        (connection) => {
          page.data.session = connection.session;
          leaveWithLink(page, connection);
          arrived.set(page, () => {
            for (const frame of early ?? []) namespace.to(page.id).emit('frame', frame);
            early = undefined;
            page.on('frame', (frame: unknown) => connection.receive(frame));
          });
          next();
        },
        (error: unknown) => {
          const known = toContactCenterError(error, 'command/failed', 'unable to connect; the server failed');
          next(Object.assign(new Error(known.message), { data: known.toJSON() }));
        },
      );
    });
    namespace.on('connection', (page) => arrived.get(page)?.(page));
  }

  // Socket.IO takes over the request listeners of a server it is attached to, so it gets one of its own
  // that never listens; over `websocket` alone all it needs are the upgrades.
  const inner = createServer();
  io.attach(inner, { destroyUpgrade: false });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.startsWith(path) === true) inner.emit('upgrade', request, socket, head);
  };
  http.on('upgrade', upgrade);

  let closing: Promise<void> | undefined;
  return {
    close() {
      http.off('upgrade', upgrade);
      return (closing ??= io.close());
    },
  };
}

function leaveWithLink(page: Page, connection: ServerConnection): void {
  page.on('disconnect', (reason) => connection.disconnected(reason));
  // A link that breaks before the page is let in says so nowhere else.
  page.conn.once('close', (reason: string) => connection.disconnected(reason));
  if (page.conn.readyState !== 'open') connection.disconnected('transport close');
}

function credentialsOf(auth: unknown): Readonly<Record<string, unknown>> {
  return typeof auth === 'object' && auth !== null ? { ...auth } : {};
}

/** Whether a page of this origin may connect. Clients that are no pages send none. */
function isAllowed({ origin, host }: IncomingMessage['headers'], allowedOrigins: readonly string[]): boolean {
  if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
