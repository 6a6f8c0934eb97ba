import type { SocketConnection } from 'onescreen/emulator';
import { at, origin, type Bench, type BenchUser } from './bench';

/** A realtime client that speaks the frames itself: allocation, handshake, websocket, registration, answers to pushes. */
export interface Wire {
  readonly connection: SocketConnection;
  /** Every frame from the server, in order. */
  readonly frames: string[];
  /** What was pushed, decoded. */
  readonly events: { readonly eventId: number; readonly body: unknown }[];
  /** `terminated`, or the close code; `undefined` while open. */
  closed: number | 'terminated' | undefined;
  readonly endpoint: string;
  /** Query that proves the endpoint; given to a new wire it keeps it. */
  readonly query: string;
}

export interface WireOptions {
  readonly registrationId?: string;
  readonly ttl?: number;
  /** Query of an earlier wire. */
  readonly query?: string;
  readonly register?: boolean;
}

export async function openWire(bench: Bench, user: BenchUser, options: WireOptions = {}): Promise<Wire> {
  const { registrationId = user.id, ttl = 7200, query = '', register = true } = options;
  const headers = { 'x-skypetoken': user.token };
  const { body: allocation } = await bench.send('POST', `/v4/a?epid=e&${query}`, { headers });
  const parameters = new URLSearchParams();
  for (const name of ['sr', 'issuer', 'sp', 'se', 'st', 'sig'])
    parameters.set(name, String(at(allocation, 'connectparams', name)));
  const { body: handshake } = await bench.send('GET', `/socket.io/1/?${parameters.toString()}&v=v4`, { headers });
  const [sid = ''] = String(handshake).split(':');

  const frames: string[] = [];
  const events: Wire['events'] = [];
  const state: { closed: Wire['closed'] } = { closed: undefined };
  const connection = bench.core.connect(`${origin}/socket.io/1/websocket/${sid}?${parameters.toString()}`, {
    send: (frame) => {
      frames.push(frame);
      if (!frame.startsWith('3:::')) return;
      const push: unknown = JSON.parse(frame.slice(4));
      const body: unknown = JSON.parse(String(at(push, 'body')));
      events.push({ eventId: Number(at(body, 'eventId')), body });
      const answer = `3:::${JSON.stringify({ id: at(push, 'id'), status: 200, headers: {}, body: '' })}`;
      queueMicrotask(() => connection.receive(answer));
    },
    close: (code) => (state.closed = code),
    terminate: () => (state.closed = 'terminated'),
  });
  if (register) {
    const body = {
      clientDescription: {},
      registrationId,
      nodeId: '',
      transports: { TROUTER: [{ context: '', path: at(allocation, 'surl'), ttl }] },
    };
    await bench.send('POST', '/v3/registrations', { headers, body });
  }
  return {
    connection,
    frames,
    events,
    get closed() {
      return state.closed;
    },
    endpoint: String(at(allocation, 'id')),
    query: parameters.toString(),
  };
}
