import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findExecutable, tools } from '../../../scripts/executables.mjs';

/** A Redis of the test's own on loopback, which has everything that it was told on disk before it says so. */
export interface RedisServer {
  readonly url: string;
  client(): Redis;
  /** Ends it without a word, as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again, at the same port and with what is on disk. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const program = findExecutable(tools.redis);
  if (program === undefined) throw new Error('unable to test with Redis; there is no redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'onescreen-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const clients: Redis[] = [];
  let server: ChildProcess | undefined;
  const options = {
    ...{ port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' },
    ...{ daemonize: 'no', loglevel: 'warning' },
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const running: RedisServer = {
    url,
    client() {
      const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async start() {
      server = spawn(program, args, { stdio: 'ignore' });
      const probe = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
      probe.on('error', () => {});
      await probe.ping();
      probe.disconnect();
    },
    async kill() {
      if (server === undefined) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
      server = undefined;
    },
    async close() {
      for (const client of clients) client.disconnect();
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await running.start();
  return running;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
