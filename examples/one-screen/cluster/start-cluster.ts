import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { delay, systemClock } from 'onescreen';
import { startEmulator, type Emulator, type StartEmulatorOptions } from 'onescreen/emulator';
import { openCalls } from '../server/calls';
import { listen } from '../server/listen';
import { createPages } from '../server/pages';
import { demoSettings } from '../server/server-options';
import { teamsSideOf, withTeamsSide } from '../server/teams-side';
import { simulatedCarrier } from '../sms/sms-carrier';
import { startSmsGateway } from '../sms/sms-gateway';
import { createFront } from './front';
import type { NodeSettings } from './node-messages';
import { startRedis } from './redis';
import { startNode, type NodeProcess } from './start-node';

export interface ClusterOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Takes the next free port when `port` is taken. */
  readonly otherPorts?: boolean;
  /** Who hosts a chat that does not say. Default `acs`. */
  readonly chat?: 'acs' | 'server';
  /** Default 2. */
  readonly nodes?: number;
  readonly emulation?: StartEmulatorOptions;
  readonly allowedOrigins?: readonly string[];
  /** Notices changed sources of the pages. Default true. */
  readonly watch?: boolean;
  /** A node that was killed has another in its place. */
  readonly replaced?: (gone: NodeProcess, other: NodeProcess) => void;
}

export interface Cluster {
  /** The one address of all nodes. */
  readonly url: string;
  readonly redis: string;
  readonly emulator: Emulator;
  /** Those that run now. */
  readonly nodes: readonly NodeProcess[];
  close(): Promise<void>;
}

/** How long after its end a node has another in its place, in milliseconds. */
const replacedAfterMs = 3_000;

/** Redis, several nodes, each in a process of its own, and in front of them the pages and one port; the emulator is here. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { port = 0, otherPorts = false, chat = 'acs', nodes: count = 2, emulation, watch = true } = options;
  const redis = await startRedis();
  const http = createServer();
  const pages = await createPages({ http, watch });
  const url = await listen(http, port, otherPorts).catch(async (error: unknown) => {
    await pages.close();
    await redis.close();
    throw error;
  });
  const emulator = await startEmulator(emulation);
  const front = createFront();
  const settings = JSON.stringify(demoSettings(emulator.endpoint));
  const page = (request: IncomingMessage, response: ServerResponse) => {
    if (isForNodes(request.url)) front.answer(request, response);
    else if (request.url !== '/demo.json') pages.middlewares(request, response);
    else response.setHeader('content-type', 'application/json').end(settings);
  };
  http.on('request', withTeamsSide(teamsSideOf(emulator), page));
  http.on('upgrade', (request, socket, head) => {
    if (isForNodes(request.url)) front.upgrade(request, socket, head);
  });

  const { endpoint, connectionString } = emulator;
  const forNodes: NodeSettings = {
    ...{ redis: redis.url, url, chat, emulator: { endpoint, connectionString } },
    allowedOrigins: options.allowedOrigins ?? [],
  };
  const nodes: NodeProcess[] = [];
  let closing = false;
  const addNode = async (): Promise<NodeProcess> => {
    const node = await startNode(forNodes, emulator.core);
    nodes.push(node);
    front.add(node.origin);
    void node.ended.then(async () => {
      nodes.splice(nodes.indexOf(node), 1);
      front.remove(node.origin);
      // The others take over first, which on a small machine needs all of it.
      await delay(systemClock, replacedAfterMs);
      if (closing) return;
      const other = await addNode();
      options.replaced?.(node, other);
    });
    return node;
  };
  const sms = startSmsGateway({ server: url, carrier: simulatedCarrier() });
  const close = async () => {
    closing = true;
    await sms.close();
    front.close();
    const ended = nodes.map((node) => node.ended);
    for (const node of nodes) node.kill();
    await Promise.all(ended);
    await pages.close();
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
    await emulator.close();
    await redis.close();
  };
  try {
    await Promise.all(Array.from({ length: count }, addNode));
    await openCalls(emulator, url);
    return { url, redis: redis.url, emulator, nodes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the contact center's server answers; all else is the pages'. */
const nodePaths = ['/conversations', '/tokens', '/health', '/call-automation', '/socket.io', '/waiting.json'];

function isForNodes(url = '/'): boolean {
  const [path = '/'] = url.split('?', 1);
  return nodePaths.some((one) => path === one || path.startsWith(`${one}/`));
}
