import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How often nodes are asked how they are, and how long they may take to say it, in milliseconds. */
const checkEveryMs = 500;
const checkTimeoutMs = 1_500;

interface Node {
  readonly origin: string;
  readonly links: Set<Duplex>;
  healthy: boolean;
}

/** One address for several nodes: every request and every socket goes to the next node that is well. */
export interface Front {
  answer(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  add(origin: string): void;
  remove(origin: string): void;
  close(): void;
}

export function createFront(): Front {
  const nodes = new Map<string, Node>();
  let turn = 0;

  /** All nodes, those that are well first, each time another one before the others. */
  const inTurn = (): readonly Node[] => {
    const all = [...nodes.values()];
    const first = turn++ % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)].sort((a, b) => Number(b.healthy) - Number(a.healthy));
  };

  /** A connection to a node that takes one. */
  const reach = async (): Promise<{ readonly node: Node; readonly link: Socket } | undefined> => {
    for (const node of inTurn()) {
      const link = await connected(node.origin);
      if (link === undefined) {
        node.healthy = false;
        continue;
      }
      node.links.add(link);
      link.once('close', () => node.links.delete(link));
      return { node, link };
    }
    return undefined;
  };

  const check = async (node: Node): Promise<void> => {
    const wasHealthy = node.healthy;
    node.healthy = await fetch(`${node.origin}/health`, { signal: AbortSignal.timeout(checkTimeoutMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
    // Pages of a node that has stopped come back by another one.
    if (wasHealthy && !node.healthy) for (const link of node.links) link.destroy();
  };
  const checking = setInterval(() => {
    for (const node of nodes.values()) void check(node);
  }, checkEveryMs);

  return {
    add(origin) {
      nodes.set(origin, { origin, links: new Set(), healthy: true });
    },
    remove(origin) {
      for (const link of nodes.get(origin)?.links ?? []) link.destroy();
      nodes.delete(origin);
    },
    answer(request, response) {
      void reach().then((reached) => {
        if (reached === undefined) return void response.writeHead(503).end();
        const { method, url, headers } = request;
        const forwarded = httpRequest(
          { createConnection: () => reached.link, path: url, method, headers: { ...headers, connection: 'close' } },
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
            answer.once('error', () => response.destroy());
          },
        );
        forwarded.once('error', () => {
          if (response.headersSent) response.destroy();
          else response.writeHead(502).end();
        });
        request.pipe(forwarded);
      });
    },
    upgrade(request, socket, head) {
      void reach().then((reached) => {
        if (reached === undefined) return void socket.destroy();
        const { link } = reached;
        const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`];
        for (let index = 0; index < request.rawHeaders.length; index += 2) {
          lines.push(`${request.rawHeaders[index] ?? ''}: ${request.rawHeaders[index + 1] ?? ''}`);
        }
        link.write(`${lines.join('\r\n')}\r\n\r\n`);
        link.write(head);
        link.pipe(socket);
        socket.pipe(link);
        for (const end of [link, socket]) {
          end.once('error', () => {});
          end.once('close', () => {
            link.destroy();
            socket.destroy();
          });
        }
      });
    },
    close() {
      clearInterval(checking);
      for (const origin of [...nodes.keys()]) this.remove(origin);
    },
  };
}

function connected(origin: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const link = connect(Number(new URL(origin).port), '127.0.0.1');
    link.once('error', () => resolve(undefined));
    link.once('connect', () => resolve(link));
  });
}
