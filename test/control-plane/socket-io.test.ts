import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket, SocketEvent } from 'onescreen';
import { socketIo } from 'onescreen/control-plane';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('socketIo', () => {
  let http: HttpServer;
  let io: Server;
  let url: string;
  let peers: ServerSocket[];
  let opened: Socket[];

  beforeEach(async () => {
    http = createServer();
    io = new Server(http, { connectionStateRecovery: { skipMiddlewares: false }, path: '/cc/socket.io' });
    peers = [];
    opened = [];
    io.of('/agents').use((socket, next) => {
      if (socket.handshake.auth['token'] === 'good') return next();
      const refusal = new Error('unable to sign in; the token is unknown');
      next(Object.assign(refusal, { data: { code: 'session/unauthorized' } }));
    });
    io.of('/agents').on('connection', (socket) => peers.push(socket));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/cc`;
  });

  afterEach(async () => {
    for (const socket of opened) socket.close();
    await io.close();
  });

  function connect(credentials: () => Promise<Readonly<Record<string, unknown>>> = async () => ({ token: 'good' })) {
    const events: SocketEvent[] = [];
    const open = socketIo({ firstDelayMs: 20, longestDelayMs: 50 });
    const socket = open({ url, door: 'agents', credentials, receive: (event) => void events.push(event) });
    opened.push(socket);
    return { events, socket };
  }

  it('carries frames both ways in the namespace of the door, under a path prefix', async () => {
    const { events, socket } = connect();
    socket.send({ lost: true });
    await vi.waitFor(() => expect(events).toEqual([{ type: 'open', recovered: false }]));
    const received: unknown[] = [];
    peers[0]!.on('frame', (frame) => received.push(frame));
    expect(peers[0]!.conn.transport.name).toBe('websocket');
    for (const n of [1, 2, 3]) socket.send({ n });
    for (const n of [4, 5, 6]) peers[0]!.emit('frame', { n });
    await vi.waitFor(() => expect(received).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]));
    await vi.waitFor(() => expect(events.slice(1)).toEqual([4, 5, 6].map((n) => ({ type: 'frame', frame: { n } }))));
  });

  it('says that it has recovered before the frames that were missed', async () => {
    const { events } = connect();
    await vi.waitFor(() => expect(peers).toHaveLength(1));
    // Recovery needs one packet as its starting point.
    io.of('/agents').emit('frame', 'first');
    await vi.waitFor(() => expect(events).toHaveLength(2));
    peers[0]!.on('disconnect', () => io.of('/agents').emit('frame', 'missed'));
    peers[0]!.conn.close();
    await vi.waitFor(() => expect(events).toHaveLength(5));
    expect(events.slice(2)).toEqual([
      { type: 'down', reason: expect.any(String) },
      { type: 'open', recovered: true },
      { type: 'frame', frame: 'missed' },
    ]);
  });

  it('asks for credentials at every connect', async () => {
    let asked = 0;
    const { events } = connect(async () => ({ token: 'good', n: ++asked }));
    await vi.waitFor(() => expect(peers).toHaveLength(1));
    peers[0]!.conn.close();
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['open', 'down', 'open']));
    expect(asked).toBe(2);
  });

  it('passes a refusal on and does not come back', async () => {
    let asked = 0;
    const { events } = connect(async () => ({ token: 'bad', n: ++asked }));
    await vi.waitFor(() => expect(events).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(events).toEqual([
      { type: 'refused', code: 'session/unauthorized', message: 'unable to sign in; the token is unknown' },
    ]);
    expect(asked).toBe(1);
  });

  it('tries again when there are no credentials, when the server hangs up, and when there is no server', async () => {
    let fail = true;
    const { events } = connect(() => (fail ? Promise.reject(new Error('none')) : Promise.resolve({ token: 'good' })));
    await vi.waitFor(() => expect(events).toEqual([{ type: 'down', reason: 'no credentials' }]));
    fail = false;
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'open' }));
    peers[0]!.disconnect(true);
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['down', 'open', 'down', 'open']));
    const port = (http.address() as AddressInfo).port;
    await io.close();
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'down' }));
    http = createServer();
    io = new Server(http, { path: '/cc/socket.io' });
    io.of('/agents').on('connection', () => {});
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'open' }), 5_000);
  });

  it('says nothing after close, and leaves the server', async () => {
    const { events, socket } = connect();
    await vi.waitFor(() => expect(peers).toHaveLength(1));
    await vi.waitFor(() => expect(events).toHaveLength(1));
    socket.close();
    await vi.waitFor(() => expect(peers[0]!.connected).toBe(false));
    const { events: unheard, socket: quick } = connect();
    quick.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events).toHaveLength(1);
    expect(unheard).toEqual([]);
    expect(peers).toHaveLength(1);
  });
});
