import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import type { EmulatorCore } from './create-emulator';
import { DroppedConnection, ServiceError } from './http/service-error';
import { maxFrameLength } from './realtime/realtime-connection';

/** Only this machine is served. */
const host = '127.0.0.1';

/** A client that does not read is cut off when this much waits for it, in bytes. */
const maxBufferedBytes = 8 * 1024 * 1024;

/** The certificate and key of an https listener, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Listener {
  /** Such as `http://127.0.0.1:8080`, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves requests on loopback. Port 0 takes any that is free. */
export async function serveHttp(
  handle: (request: Request) => Promise<Response>,
  options: {
    readonly port?: number;
    readonly certificate?: ServerCertificate;
    readonly connect?: EmulatorCore['connect'];
  } = {},
): Promise<Listener> {
  const { port = 0, certificate, connect } = options;
  const listen = getRequestListener(
    async (request, { incoming }) => {
      try {
        return await handle(request);
      } catch (error) {
        // The status is never seen: the socket goes away under it.
        if (error instanceof DroppedConnection) incoming.socket.destroy();
        return new Response(null, { status: 500 });
      }
    },
    { overrideGlobalObjects: false, hostname: `${host}:${port}` },
  );
  const listener = (request: IncomingMessage, response: ServerResponse) => void listen(request, response);
  const server: Server =
    certificate === undefined ? createHttpServer(listener) : createHttpsServer({ ...certificate }, listener);
  const scheme = certificate === undefined ? 'http' : 'https';
  const sockets = connect === undefined ? undefined : acceptSockets(server, scheme, connect);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  let closed: Promise<void> | undefined;
  return {
    origin: `${scheme}://${host}:${portOf(server)}`,
    close: () =>
      (closed ??= new Promise((resolve) => {
        sockets?.close();
        server.close(() => resolve());
        server.closeAllConnections();
      })),
  };
}

function acceptSockets(server: Server, scheme: string, connect: EmulatorCore['connect']): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * maxFrameLength, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const url = `${scheme}://${request.headers.host ?? host}${request.url ?? '/'}`;
    // The session is checked before the upgrade, and its greeting held until there is a websocket to send it on.
    const early: string[] = [];
    let send = (frame: string): void => void early.push(frame);
    let close = (_code: number, _reason: string): void => void socket.destroy();
    let terminate = (): void => void socket.destroy();
    try {
      const connection = connect(url, {
        send: (frame) => send(frame),
        close: (code, reason) => close(code, reason),
        terminate: () => terminate(),
      });
      socket.once('close', () => connection.ended());
      sockets.handleUpgrade(request, socket, head, (websocket) => {
        send = (frame) => {
          if (websocket.bufferedAmount > maxBufferedBytes) websocket.terminate();
          else websocket.send(frame);
        };
        close = (code, reason) => websocket.close(code, reason);
        terminate = () => websocket.terminate();
        websocket.on('error', () => websocket.terminate());
        websocket.on('message', (data, binary) => {
          if (binary || !Buffer.isBuffer(data)) connection.close(1003, 'text only');
          else connection.receive(data.toString());
        });
        websocket.on('close', () => connection.ended());
        early.forEach((frame) => websocket.send(frame));
      });
    } catch (error) {
      refuseUpgrade(socket, error instanceof ServiceError ? error.status : 400);
    }
  });
  return sockets;
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function portOf(server: Server): number {
  const address: string | AddressInfo | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
