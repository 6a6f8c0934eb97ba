import type { Cancel, Clock } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import type { JsonObject } from '../http/validation';
import {
  ackFrame,
  connectFrame,
  disconnectFrame,
  eventFrame,
  heartbeatFrame,
  messageFrame,
  parseFrame,
} from './framing';

/** The websocket under a connection. */
export interface RealtimeSocket {
  send(frame: string): void;
  /** Closes politely, with a websocket close code. */
  close(code: number, reason: string): void;
  /** Cuts the link without a word. */
  terminate(): void;
}

/** The emulator's end of a websocket. */
export interface SocketConnection {
  /** False once it is closed, by whichever side. */
  readonly open: boolean;
  /** Takes one frame from the client. */
  receive(text: string): void;
  /** Closes politely, with a websocket close code. */
  close(code?: number, reason?: string): void;
  /** Cuts the link. */
  terminate(): void;
  /** The link is gone. */
  ended(): void;
}

/** Longest frame a client may send, in UTF-16 units (chosen: well above any push answer). */
export const maxFrameLength = 64 * 1024;

/** Heartbeats go out more often than the 60 s that the handshake announces. */
const heartbeatMs = 25_000;
/** A connection without a sign of life is given up; clients ping every 40 s. */
const silenceMs = 120_000;
/** Frames held for a frozen connection, and their length in UTF-16 units; beyond, the link is cut. */
const maxHeldFrames = 10_000;
const maxHeldLength = 8 * 1024 * 1024;

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly user: string;
  readonly ttlSeconds: number;
  readonly clock: Clock;
  readonly log: ActivityLog;
  readonly onClose: (connection: RealtimeConnection) => void;
}

/** Events that official clients send; other names may be anything, and are not for a log. */
const knownEvents = new Set(['ping', 'user.activity', 'user.authenticate', 'trouter.processed_message_loss']);

const nameForLog = (event: string) => `event ${knownEvents.has(event) ? event : 'unknown'}`;

interface HeldFrames {
  readonly in: string[];
  readonly out: string[];
  length: number;
}

/** The server's end of one websocket: greets, acknowledges, pushes. */
export class RealtimeConnection implements SocketConnection {
  readonly endpoint: string;
  readonly user: string;
  readonly #socket: RealtimeSocket;
  readonly #options: ConnectionOptions;
  readonly #unanswered = new Map<number, number>();
  #held: HeldFrames | undefined;
  #closed = false;
  #pushes = 0;
  #lastHeard: number;
  #cancelHeartbeat: Cancel = () => {};

  constructor(socket: RealtimeSocket, options: ConnectionOptions) {
    this.endpoint = options.endpoint;
    this.user = options.user;
    this.#socket = socket;
    this.#options = options;
    this.#lastHeard = options.clock.now();
    this.#note('opened');
    this.#send(connectFrame, 'connect');
    this.#send(
      eventFrame('trouter.connected', { ttl: String(options.ttlSeconds), dur: '12' }),
      'event trouter.connected',
    );
    this.#beat();
  }

  get open(): boolean {
    return !this.#closed;
  }

  get frozen(): boolean {
    return this.#held !== undefined;
  }

  /** Takes one frame from the client. A malformed or oversized one closes the connection. */
  receive(text: string): void {
    if (this.#closed) return;
    if (this.#held !== undefined) return this.#hold(this.#held, 'in', text);
    if (text.length > maxFrameLength) return this.close(1009, 'frame too large');
    this.#lastHeard = this.#options.clock.now();
    const frame = parseFrame(text);
    if (frame === undefined) {
      this.#logFrame('in', 'malformed', text);
      return this.close(1002, 'malformed frame');
    }
    this.#logFrame('in', frame.type === 'event' ? nameForLog(frame.name) : frame.type, text);
    if (frame.type === 'disconnect') return this.close(1000, 'disconnected');
    if (frame.type === 'event' && frame.ackId !== undefined) {
      this.#send(ackFrame(frame.ackId, frame.name === 'ping' ? ['pong'] : []), 'ack');
    }
    if (frame.type === 'message') this.#takeAnswer(frame.data);
  }

  /** Pushes one event; the client answers with a status, which goes to the log. */
  push(event: number, body: string, correlation: string): void {
    this.#pushes += 1;
    const id = this.#pushes;
    // A client that never answers must not make us remember for ever.
    if (this.#unanswered.size >= 1000) this.#unanswered.clear();
    this.#unanswered.set(id, event);
    const headers = {
      'MS-CV': `${correlation}.0`,
      'trouter-request': JSON.stringify({ id: correlation, src: 'chat' }),
    };
    this.#send(messageFrame({ id, method: 'POST', url: `/v4/f/${this.endpoint}/`, headers, body }), `push ${event}`);
  }

  /** Sends any frame as it is: for tests of what a client makes of it. */
  sendRaw(frame: string): void {
    this.#send(frame, 'raw');
  }

  /** From now on nothing passes in either direction, as in a network that swallows packets. */
  freeze(): void {
    if (this.#closed || this.#held !== undefined) return;
    this.#held = { in: [], out: [], length: 0 };
    this.#note('frozen');
  }

  /** What was held passes now, in order. */
  thaw(): void {
    const held = this.#held;
    if (held === undefined || this.#closed) return;
    this.#held = undefined;
    this.#note('thawed');
    for (const frame of held.out) this.#socket.send(frame);
    for (const frame of held.in) this.receive(frame);
  }

  close(code = 1000, reason = ''): void {
    if (!this.#end()) return;
    if (code === 1000) this.#socket.send(disconnectFrame);
    this.#socket.close(code, reason);
  }

  terminate(): void {
    if (this.#end()) this.#socket.terminate();
  }

  /** The link is gone. */
  ended(): void {
    this.#end();
  }

  #end(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#held = undefined;
    this.#cancelHeartbeat();
    this.#note('closed');
    this.#options.onClose(this);
    return true;
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#options.clock.schedule(heartbeatMs, () => {
      if (this.#options.clock.now() - this.#lastHeard > silenceMs) return this.terminate();
      this.#send(heartbeatFrame, 'heartbeat');
      this.#beat();
    });
  }

  #takeAnswer({ id, status }: JsonObject): void {
    if (typeof id !== 'number' || typeof status !== 'number') return;
    const event = this.#unanswered.get(id);
    if (event === undefined) return;
    this.#unanswered.delete(id);
    this.#options.log.add({ kind: 'push', event, user: this.user, endpoint: this.endpoint, outcome: status });
  }

  #send(frame: string, what: string): void {
    if (this.#closed) return;
    this.#logFrame('out', what, frame);
    if (this.#held !== undefined) return this.#hold(this.#held, 'out', frame);
    this.#socket.send(frame);
  }

  #hold(held: HeldFrames, direction: 'in' | 'out', frame: string): void {
    held.length += frame.length;
    if (held[direction].length >= maxHeldFrames || held.length > maxHeldLength) return this.terminate();
    held[direction].push(frame);
  }

  #logFrame(direction: 'in' | 'out', frame: string, text: string): void {
    this.#options.log.add({
      kind: 'frame',
      direction,
      endpoint: this.endpoint,
      user: this.user,
      frame,
      bytes: text.length,
    });
  }

  #note(what: 'opened' | 'closed' | 'frozen' | 'thawed'): void {
    this.#options.log.add({ kind: 'socket', endpoint: this.endpoint, user: this.user, what });
  }
}
