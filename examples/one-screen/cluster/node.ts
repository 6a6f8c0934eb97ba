import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startClusterNode } from 'onescreen/server/redis';
import { demoCallHost } from '../server/calls';
import { consoleLogger } from '../server/log';
import { demoServer } from '../server/server-options';
import { waitingFor } from '../server/waiting';
import { settingsVariable, type FromNode, type NodeSettings, type ToNode } from './node-messages';

// One node of the contact center, in a process of its own.
const { redis, url, chat, emulator, allowedOrigins }: NodeSettings = JSON.parse(process.env[settingsVariable] ?? '{}');
const tell = (message: FromNode) => process.send?.(message);

const tokens = new Map<string, (token: ToNode) => void>();
process.on('message', (message: ToNode) => {
  tokens.get(message.id)?.(message);
  tokens.delete(message.id);
});
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches this process too; the one that started it says when to end.
process.on('SIGINT', () => {});

const calls = demoCallHost({
  connectionString: emulator.connectionString,
  url,
  agentToken: (acs) =>
    new Promise((resolve) => {
      const id = randomUUID();
      tokens.set(id, resolve);
      tell({ type: 'token', id, acs });
    }),
  logger: consoleLogger,
});
const options = demoServer({ chat, emulator, calls });
const { node, url: origin } = await startClusterNode({
  ...options,
  // Never used itself: the node makes connections of its own by its options.
  redis: new Redis(redis, { lazyConnect: true }),
  domain: 'one-screen',
  allowedOrigins,
  logger: consoleLogger,
  atLeader: {
    paths: ['/waiting.json'],
    handle(request, server) {
      const waiting = waitingFor(server, options.queues, request.headers.get('authorization') ?? '');
      return waiting === undefined ? new Response(null, { status: 401 }) : Response.json(waiting);
    },
  },
});
node.leads$.subscribe((leads) => tell({ type: 'leads', leads }));
tell({ type: 'listening', origin });
