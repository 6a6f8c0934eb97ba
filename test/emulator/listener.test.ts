import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import type { Emulator, StartEmulatorOptions } from 'onescreen/emulator';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { at } from './bench';
import { startEmulator } from './checked-emulator';
import { openIdentityClient } from './official-client';

const soon = { timeout: 20_000, interval: 20 };
const running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function start(options: StartEmulatorOptions = {}) {
  const emulator = await startEmulator({ limits: false, ...options });
  running.push(emulator);
  return emulator;
}

function userOf(emulator: Emulator) {
  const id = emulator.core.createUser();
  return { id, token: emulator.core.issueToken(id).token };
}

async function openSocket(emulator: Emulator, token: string) {
  const headers = { 'x-skypetoken': token };
  const allocation: unknown = await (await fetch(`${emulator.endpoint}/v4/a`, { method: 'POST', headers })).json();
  const query = new URLSearchParams(
    Object.entries(Object(at(allocation, 'connectparams')) as Record<string, string>),
  ).toString();
  const handshake = await (await fetch(`${emulator.endpoint}/socket.io/1/?${query}`, { headers })).text();
  return new WebSocket(
    `${emulator.endpoint.replace('http', 'ws')}/socket.io/1/websocket/${handshake.split(':')[0]}?${query}`,
  );
}

describe('the listener', () => {
  test('serves on loopback and closes more than once, with sockets open', async () => {
    const emulator = await start();
    expect(emulator.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(emulator.connectionString).toBe(`endpoint=${emulator.endpoint}/;accesskey=${emulator.core.accessKey}`);
    const socket = await openSocket(emulator, userOf(emulator).token);
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await Promise.all([emulator.close(), emulator.close()]);
    await emulator.close();
    await closed;
    await expect(fetch(emulator.endpoint)).rejects.toThrow();
  });

  test('rejects when the port is taken and leaves nothing open', async () => {
    const port = Number(new URL((await start()).endpoint).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('can be started and closed many times', async () => {
    for (let index = 0; index < 20; index += 1) {
      const emulator = await startEmulator({ controlPort: 0 });
      await emulator.close();
    }
    // Node lets go of a closed server in a later turn.
    await vi.waitFor(
      () => expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')).toEqual([]),
      soon,
    );
  });

  test('serves the control surface on a port of its own and nowhere else', async () => {
    const emulator = await start({ controlPort: 0 });
    const state: unknown = await (await fetch(`${emulator.controlEndpoint}/state`)).json();
    expect(at(state, 'threads')).toEqual([]);
    expect((await fetch(`${emulator.endpoint}/state`)).status).toBe(404);
    expect((await start()).controlEndpoint).toBeUndefined();
  });

  test('drops the connection when a fault says so', async () => {
    const emulator = await start();
    emulator.core.faults.requests.add({ answer: 'drop' });
    await expect(fetch(`${emulator.endpoint}/identities`, { method: 'POST' })).rejects.toThrow('fetch failed');
    expect((await fetch(`${emulator.endpoint}/identities`, { method: 'POST' })).status).toBe(401);
  });

  test('refuses a websocket without a session, and one that sends too much', async () => {
    const emulator = await start();
    const refused = new WebSocket(`${emulator.endpoint.replace('http', 'ws')}/socket.io/1/websocket/none`);
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain('401');
    const socket = await openSocket(emulator, userOf(emulator).token);
    await once(socket, 'open');
    socket.send('x'.repeat(1_000_000));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    await vi.waitFor(() => expect(emulator.core.snapshot().sockets).toEqual([]), soon);
  });

  test('survives garbage on the port and a body without an end', async () => {
    const emulator = await start();
    const port = Number(new URL(emulator.endpoint).port);
    const garbage = connect(port, '127.0.0.1');
    garbage.end('\u0000\u0001 nonsense\r\n\r\n');
    await once(garbage.resume(), 'close');
    const half = connect(port, '127.0.0.1');
    half.write('POST /identities HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"a"');
    half.destroy();
    const chunked = connect(port, '127.0.0.1');
    chunked.on('error', () => {});
    chunked.write('POST /identities HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let index = 0; index < 20; index += 1) chunked.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    const [answer] = (await once(chunked, 'data')) as [Buffer];
    expect(answer.toString()).toContain('413');
    chunked.destroy();
    expect((await fetch(`${emulator.endpoint}/identities`, { method: 'POST' })).status).toBe(401);
  });
});

describe('pages of another origin', () => {
  const ask = (emulator: Emulator, method: string, headers: Record<string, string> = {}) =>
    fetch(`${emulator.endpoint}/chat/threads?api-version=2025-03-15`, {
      method,
      headers: { origin: 'http://localhost:8080', ...headers },
    });

  test('are allowed every call, and see the Location header only', async () => {
    const emulator = await start();
    const preflight = await ask(emulator, 'OPTIONS', {
      'access-control-request-headers': 'authorization,x-ms-useragent',
      'access-control-request-method': 'POST',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-ms-useragent');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
    const refused = await ask(emulator, 'GET');
    expect([
      refused.status,
      refused.headers.get('access-control-allow-origin'),
      refused.headers.get('access-control-expose-headers'),
    ]).toEqual([401, '*', 'Location']);
  });

  test('see every header, or nothing, by option', async () => {
    const open = await ask(await start({ cors: 'open' }), 'GET');
    expect(open.headers.get('access-control-expose-headers')).toBe('*');
    const off = await ask(await start({ cors: 'off' }), 'GET');
    expect(off.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('https', () => {
  test('has a certificate for loopback from an authority made for the run', async () => {
    const emulator = await start({ https: true });
    expect(emulator.endpoint).toMatch(/^https:/);
    const ca = emulator.caCertificate ?? '';
    const authority = new X509Certificate(ca);
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true]);
    const port = Number(new URL(emulator.endpoint).port);
    for (const host of ['127.0.0.1', 'localhost']) {
      const request = httpsGet({
        host: '127.0.0.1',
        servername: host === 'localhost' ? host : '',
        port,
        path: '/',
        ca,
        headers: { host: `${host}:${port}` },
      });
      const [response] = (await once(request, 'response')) as [{ readonly statusCode: number; resume(): void }];
      response.resume();
      expect(response.statusCode).toBe(404);
    }
    const other = await start({ https: true });
    const [error] = (await once(
      httpsGet({ host: '127.0.0.1', port, path: '/', ca: other.caCertificate ?? '' }),
      'error',
    )) as [Error];
    expect(error.message).toMatch(/certificate|signature/);
    const [plain] = (await once(httpGet({ host: '127.0.0.1', port }), 'error')) as [Error];
    expect(plain.message).not.toBe('');
  });
});

test('the official identity client is told what is wrong', async () => {
  const emulator = await start();
  const wrong = `endpoint=${emulator.endpoint}/;accesskey=${Buffer.from('wrong').toString('base64')}`;
  await expect(openIdentityClient(wrong).createUser()).rejects.toMatchObject({ statusCode: 401, code: 'Unauthorized' });
  const client = openIdentityClient(emulator.connectionString);
  const user = await client.createUser();
  await expect(client.getToken(user, ['chat'], { tokenExpiresInMinutes: 10 })).rejects.toMatchObject({
    statusCode: 400,
  });
  await client.revokeTokens(user);
  await client.deleteUser(user);
  await expect(client.getToken(user, ['chat'])).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' });
});
