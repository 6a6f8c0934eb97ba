import { io, type Socket } from 'socket.io-client';
import type { Started } from '../contact-center';

/** A frame from a server. */
export interface Frame {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A page over a real socket that does what the library's own link does: a command is sent again until it is answered. */
export interface NodePage {
  readonly socket: Socket;
  readonly frames: Frame[];
  /** Texts of all messages that the page knows of, in the order of the log. */
  texts(): string[];
  do(name: string, args: unknown): Promise<Frame>;
  seen(match: (frame: Frame) => boolean, withinMs?: number): Promise<Frame>;
  /** Goes to another node from now on. */
  moveTo(url: string): void;
  close(): void;
}

let commands = 0;

export function openPage(url: string, door: 'agents' | 'customers', auth: Record<string, string>): NodePage {
  const socket = io(`${url}/${door}`, {
    ...{ transports: ['websocket'], forceNew: true, auth },
    ...{ reconnectionDelay: 50, reconnectionDelayMax: 200 },
  });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const unanswered = new Map<string, object>();
  let closed = false;
  socket.on('frame', (frame: Frame) => {
    frames.push(frame);
    if (frame.type === 'answer') unanswered.delete(String(frame['id']));
    for (const wake of [...waiting]) wake();
  });
  socket.on('connect', () => {
    for (const command of unanswered.values()) socket.emit('frame', command);
  });
  // What may succeed later is tried again, and a link that the server ended is opened anew, as the library's own does.
  const again = () => {
    if (!socket.active && !closed) setTimeout(() => socket.connect(), 100);
  };
  socket.on('connect_error', again);
  socket.on('disconnect', again);
  const seen: NodePage['seen'] = (match, withinMs = 8_000) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = frames.find(match);
        if (found === undefined) return;
        waiting.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      const late = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`not seen among ${frames.map(({ type }) => type).join(', ')}`));
      }, withinMs);
      waiting.add(look);
      look();
    });
  return {
    socket,
    frames,
    seen,
    texts() {
      const messages = new Map<number, string>();
      for (const entry of frames.flatMap(entriesOf)) messages.set(entry.seq, entry.text);
      return [...messages].sort(([a], [b]) => a - b).map(([, text]) => text);
    },
    do(name, args) {
      const id = `${door}-${++commands}`;
      const command = { type: 'command', id, name, args };
      unanswered.set(id, command);
      if (socket.connected) socket.emit('frame', command);
      return seen((frame) => frame.type === 'answer' && frame['id'] === id);
    },
    moveTo(other) {
      Object.assign(socket.io, { uri: other });
    },
    close() {
      closed = true;
      socket.close();
    },
  };
}

/** The messages that a frame tells of, in the log or in a snapshot. */
function entriesOf(frame: Frame): { readonly seq: number; readonly text: string }[] {
  const found: { readonly seq: number; readonly text: string }[] = [];
  JSON.stringify(frame, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'message') {
      const { seq, message } = value as unknown as {
        readonly seq: number;
        readonly message: { readonly text: string };
      };
      found.push({ seq, text: message.text });
    }
    return value;
  });
  return found;
}

export async function startChat(url: string, displayName = 'Cleo'): Promise<Started> {
  const response = await fetch(`${url}/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `start-${displayName}-0123456789` },
    body: JSON.stringify({ customer: { displayName } }),
  });
  if (response.status !== 201) throw new Error(`unexpected status ${response.status}: ${await response.text()}`);
  return (await response.json()) as Started;
}

/** An agent's page at one node and a customer's at another, in a chat. */
export async function chatBetween(agentAt: string, customerAt: string, agent = 'ann') {
  const desk = openPage(agentAt, 'agents', { token: agent });
  await desk.seen(({ type }) => type === 'snapshot');
  await desk.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
  const started = await startChat(customerAt, `Cleo for ${agent}`);
  const customer = openPage(customerAt, 'customers', { resumeToken: started.resumeToken });
  await customer.seen(({ type }) => type === 'customer-snapshot');
  const { offer } = (await desk.seen(({ type }) => type === 'offer')) as unknown as { readonly offer: { id: string } };
  const accepted = await desk.do('offer/accept', { offerId: offer.id });
  if (accepted['ok'] !== true) throw new Error(`not accepted: ${JSON.stringify(accepted)}`);
  const { conversationId, channel } = started;
  const say = (page: NodePage) => (text: string) =>
    page.do('message/send', { conversationId, channelId: channel.channelId, clientId: text, text });
  return { desk, customer, started, say: { agent: say(desk), customer: say(customer) } };
}
