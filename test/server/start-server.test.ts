import { createServer as createHttpServer, get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { callAutomationHost, startServer, type RunningServer, type StartServerOptions } from 'onescreen/server';
import { agent, type Started } from './contact-center';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

async function started(options: Partial<StartServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    authenticate: (request) => (request.headers.get('authorization') === 'Bearer ann' ? agent('ann') : undefined),
    queues: [{ id: 'support' }],
    ...options,
  });
  running.push(server);
  return server;
}

interface Frame {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A page over a real socket. */
function page(url: string, door: string, auth: Record<string, string>, headers: Record<string, string> = {}) {
  const socket: Socket = io(`${url}/${door}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 20,
    auth,
    extraHeaders: headers,
  });
  running.push({ close: () => socket.close() });
  const frames: Frame[] = [];
  socket.on('frame', (frame: Frame) => frames.push(frame));
  const seen = async (match: (frame: Frame) => boolean): Promise<Frame> => {
    for (let tries = 0; tries < 500; tries++) {
      const found = frames.find(match);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`not seen among ${frames.map(({ type }) => type).join(', ')}`);
  };
  let commands = 0;
  return {
    socket,
    frames,
    seen,
    type: (type: string) => seen((frame) => frame.type === type),
    do: (name: string, args: unknown) => {
      const id = `${door}-${++commands}`;
      socket.emit('frame', { type: 'command', id, name, args });
      return seen((frame) => frame.type === 'answer' && frame['id'] === id);
    },
  };
}

const event = (socket: Socket, name: string) => new Promise<unknown>((resolve) => socket.once(name, resolve));

async function start(url: string): Promise<Started> {
  const response = await fetch(`${url}/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { displayName: 'Cleo' } }),
  });
  return (await response.json()) as Started;
}

async function accepted(url: string) {
  const desk = page(url, 'agents', { token: 'ann' });
  await desk.type('snapshot');
  await desk.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
  const conversation = await start(url);
  const customer = page(url, 'customers', { resumeToken: conversation.resumeToken });
  await customer.type('customer-snapshot');
  const { offer } = (await desk.type('offer')) as unknown as { offer: { id: string } };
  expect(await desk.do('offer/accept', { offerId: offer.id })).toMatchObject({ ok: true });
  const { conversationId, channel } = conversation;
  const say = (text: string) =>
    customer.do('message/send', { conversationId, channelId: channel.channelId, clientId: text, text });
  const said = (text: string) => (frame: Frame) =>
    frame.type === 'log' && JSON.stringify(frame).includes(`"text":"${text}"`);
  return { desk, customer, say, said };
}

describe('a server on a port', () => {
  it('carries a chat over real sockets', async () => {
    const { url } = await started();
    const { desk, say, said } = await accepted(url);
    expect(await say('hello')).toMatchObject({ ok: true });
    await desk.seen(said('hello'));
    expect(desk.frames[0]?.type).toBe('snapshot');
  });

  it('brings a page whose link broke what it missed, and no snapshot', async () => {
    const { url } = await started();
    const { desk, say, said } = await accepted(url);
    const gone = event(desk.socket, 'disconnect');
    desk.socket.io.engine.close();
    await gone;
    await say('anybody there?');
    await event(desk.socket, 'connect');
    expect(desk.socket.recovered).toBe(true);
    await desk.seen(said('anybody there?'));
    expect(desk.frames.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    expect(await desk.do('availability/clear-next', {})).toMatchObject({ ok: true });
    expect(desk.frames.filter(said('anybody there?'))).toHaveLength(1);
  });

  it('sends a page that starts afresh a snapshot', async () => {
    const { url } = await started();
    const { say, said } = await accepted(url);
    await say('hello');
    const tab = page(url, 'agents', { token: 'ann' });
    const snapshot = await tab.type('snapshot');
    expect(said('hello')({ ...snapshot, type: 'log' })).toBe(true);
  });

  it('tells a page that is turned away why, and does not let it try again by itself', async () => {
    const { url } = await started();
    for (const [door, auth] of [
      ['agents', { token: 'eve' }],
      ['agents', {}],
      ['customers', { resumeToken: 'guess.work' }],
    ] as const) {
      const { socket } = page(url, door, auth);
      expect(await event(socket, 'connect_error')).toMatchObject({
        data: { code: 'session/unauthorized', retryable: false },
      });
      expect(socket.active).toBe(false);
    }
  });

  it('lets in pages of its own and of allowed origins only', async () => {
    const warnings: unknown[] = [];
    const ignore = () => {};
    const warn = (...line: unknown[]) => warnings.push(line);
    const logger = { debug: ignore, info: ignore, warn, error: ignore };
    const { url } = await started({ allowedOrigins: ['https://shop.example'], logger });
    const auth = { token: 'ann' };
    await page(url, 'agents', auth, { origin: url }).type('snapshot');
    await page(url, 'agents', auth, { origin: 'https://shop.example' }).type('snapshot');
    const { socket } = page(url, 'agents', auth, { origin: 'https://evil.example' });
    for (let refusals = 0; refusals < 2; refusals += 1)
      expect(await event(socket, 'connect_error')).toBeInstanceOf(Error);
    expect(socket.connected).toBe(false);
    expect(warnings).toEqual([['origin-refused', { origin: 'https://evil.example', helps: 'allowedOrigins' }]]);
  });

  it('leaves other paths to the application', async () => {
    const { url } = await started({ fallback: (request, response) => response.end(`page ${request.url ?? ''}`) });
    expect(await (await fetch(`${url}/desk?x=1`)).text()).toBe('page /desk?x=1');
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${url}/healthy`)).text()).toBe('page /healthy');
  });

  it('takes what is posted to a host of calls, too', async () => {
    const host = callAutomationHost({
      connectionString: `endpoint=http://127.0.0.1:1/;accesskey=${btoa('0123456789abcdef')}`,
      resourceAccount: 'account',
      callbackUrl: 'http://127.0.0.1/hooks',
      webhookKey: '0123456789abcdef',
    });
    const { url } = await started({ calls: [host], fallback: (_, response) => response.end('page') });
    expect((await fetch(`${url}/hooks/events?key=wrong`, { method: 'POST' })).status).toBe(401);
    expect(await (await fetch(`${url}/hooksome`)).text()).toBe('page');
  });

  it('closes twice, frees its port and drops whoever is connected', async () => {
    const server = await started();
    const { desk } = await accepted(server.url);
    const port = Number(new URL(server.url).port);
    const idle = connect(port, '127.0.0.1');
    const idleEnded = new Promise((resolve) => idle.once('close', resolve));
    idle.on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    const gone = event(desk.socket, 'disconnect');
    await Promise.all([server.close(), server.close()]);
    await gone;
    desk.socket.close();
    await idleEnded;
    const next = createHttpServer();
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject);
      next.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => next.close(resolve));
  });

  it('does not start on a port that is taken', async () => {
    const { url } = await started();
    await expect(started({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'command/failed' });
  });
});

describe('a page that gives no sign of life', () => {
  /** A page that never answers a ping: what it was told at first, and when its link ends. */
  const frozen = (url: string) =>
    new Promise<{ readonly greeting: string; readonly ended: Promise<unknown> }>((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'c2l4dGVlbiBieXRlcyAhIQ==',
      };
      get(`${url}/socket.io/?EIO=4&transport=websocket`, { headers })
        .on('error', reject)
        .on('upgrade', (_, socket, head: Buffer) => {
          running.push({ close: () => socket.destroy() });
          const ended = new Promise((done) => socket.once('end', done).once('close', done));
          if (head.length > 0) resolve({ greeting: head.toString(), ended });
          else socket.once('data', (data: Buffer) => resolve({ greeting: data.toString(), ended }));
          socket.on('data', () => {});
        });
    });

  it('is noticed within 10 seconds', async () => {
    const { url } = await started();
    expect((await frozen(url)).greeting).toContain('"pingInterval":5000,"pingTimeout":5000');
  });

  it('is let go when the server says so', async () => {
    const { url } = await started({ heartbeat: { intervalMs: 40, timeoutMs: 30 } });
    const { greeting, ended } = await frozen(url);
    expect(greeting).toContain('"pingInterval":40,"pingTimeout":30');
    await ended;
    await expect(startServer({ ...silent, heartbeat: { intervalMs: 0 } })).rejects.toMatchObject({
      field: 'heartbeat',
    });
  });
});

const silent: StartServerOptions = { authenticate: () => undefined, queues: [{ id: 'support' }] };
