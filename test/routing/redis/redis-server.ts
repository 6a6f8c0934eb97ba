import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findExecutable, tools } from '../../../scripts/executables.mjs';

/** A real Redis on a free port of 127.0.0.1, which writes every command to the disk before it answers. */
export interface RedisServer {
  readonly port: number;
  /** A client, which is closed with the server. */
  client(): Redis;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with what is on the disk. */
  restart(): Promise<void>;
  /** Lets it stand still, and go on. */
  pause(paused: boolean): void;
  close(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const program = findExecutable(tools.redis);
  if (program === undefined) throw new Error('there is no redis-server; npm test finds or installs one');
  const folder = mkdtempSync(join(tmpdir(), 'onescreen-redis-'));
  const port = await freePort();
  const clients: Redis[] = [];
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  const options = { host: '127.0.0.1', port, retryStrategy: () => 50 };

  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
    child = spawn(program, [...args, ...durable], { stdio: 'ignore' });
    ended = new Promise((resolve) => child?.once('exit', resolve));
    const probe = new Redis({ ...options, maxRetriesPerRequest: 200 });
    probe.on('error', () => {});
    await probe.ping();
    probe.disconnect();
  };
  const kill = async () => {
    child?.kill('SIGKILL');
    await ended;
  };

  await start();
  return {
    port,
    client() {
      const client = new Redis(options);
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    kill,
    restart: start,
    pause: (paused) => child?.kill(paused ? 'SIGSTOP' : 'SIGCONT'),
    async close() {
      for (const client of clients) client.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port is free')),
      );
    });
  });
}
