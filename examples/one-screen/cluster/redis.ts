import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findExecutable, tools } from '../../../scripts/executables.mjs';

/** A Redis of the demo's own on loopback. What it has said that it has is on disk. */
export interface DemoRedis {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `redis-server`, or `valkey-server`, from PATH. Rejects in plain words when there is none. */
export async function startRedis(): Promise<DemoRedis> {
  const program = findExecutable(tools.redis);
  if (program === undefined) {
    throw new Error(
      `unable to start several nodes; they meet in Redis, and there is no ${tools.redis.names.join(' or ')} in PATH (on Debian: apt-get install ${tools.redis.debianPackage})`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'one-screen-redis-'));
  const port = await freePort();
  const server = spawn(
    program,
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--loglevel', 'warning'],
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  probe.on('error', () => {});
  await Promise.race([
    probe.ping(),
    ended.then(() => {
      throw new Error(`unable to start several nodes; ${program} ended at once`);
    }),
  ]).finally(() => probe.disconnect());
  return {
    url,
    async close() {
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
