import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { at } from './bench';
import { openIdentityClient } from './official-client';

const root = fileURLToPath(new URL('../../', import.meta.url));
const loader = createRequire(import.meta.url).resolve('tsx');
const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', loader, ...args], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

const cli = (...args: readonly string[]) => run(['src/cli/main.ts', ...args]);

async function firstLine(child: ChildProcess): Promise<unknown> {
  if (child.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return JSON.parse(line);
}

async function output(child: ChildProcess) {
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text: chunks.join('') };
}

test('prints one line of JSON when it is ready and ends on SIGTERM', async () => {
  const child = cli('emulator', '--no-limits');
  const line = await firstLine(child);
  expect(Object.keys(Object(line) as object)).toEqual(['endpoint', 'connectionString']);
  const user = await openIdentityClient(String(at(line, 'connectionString'))).createUser();
  expect(user.communicationUserId).toMatch(/^8:acs:/);
  child.kill('SIGTERM');
  expect(await output(child)).toEqual({ code: 0, text: '' });
});

test('with https lets official clients in that trust its authority, Entra credential and realtime included', async () => {
  const server = cli('emulator', '--https', '--control-port', '0', '--no-limits');
  const line = await firstLine(server);
  const ca = String(at(line, 'ca'));
  expect(readFileSync(ca, 'utf8')).toContain('BEGIN CERTIFICATE');
  const client = run(['test/emulator/https-scenario.ts'], { NODE_EXTRA_CA_CERTS: ca, EMULATOR: JSON.stringify(line) });
  expect(await output(client)).toEqual({ code: 0, text: 'received: over https\n' });
  const log: unknown = await (await fetch(`${String(at(line, 'control'))}/unknown`)).json();
  expect(log).toEqual({ value: [] });
  server.kill('SIGINT');
  expect((await output(server)).code).toBe(0);
  expect(existsSync(ca)).toBe(false);
});

test('keeps its data in a folder through a kill', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onescreen-test-'));
  folders.push(folder);
  const first = cli('emulator', '--data', folder);
  const connection = String(at(await firstLine(first), 'connectionString'));
  const user = await openIdentityClient(connection).createUser();
  first.kill('SIGKILL');
  await once(first, 'close');
  const again = String(at(await firstLine(cli('emulator', '--data', folder)), 'connectionString'));
  expect(again.split('accesskey=')[1]).toBe(connection.split('accesskey=')[1]);
  expect((await openIdentityClient(again).getToken(user, ['chat'])).token).not.toBe('');
});

test.each([
  [['emulator', '--port', 'x'], '--port must be a port number'],
  [[], 'no command is named'],
  [['serve'], 'unknown command: serve'],
  [['emulator', '--nonsense'], '--nonsense'],
  [['emulator', '--access-key', 'short'], 'access key'],
])('refuses %j and says why', async (args, why) => {
  const { code, text } = await output(cli(...args));
  expect(code).toBe(1);
  expect(text).toContain(why);
});
