import {
  systemClock,
  systemRandom,
  type Cancel,
  type Clock,
  type Random,
  type Socket,
  type SocketConnect,
  type SocketTarget,
} from 'onescreen';
import type { Socket as IoSocket } from 'socket.io-client';

export interface SocketIoOptions {
  /** Milliseconds before the first try to reconnect. Default 500; doubles up to `longestDelayMs`. */
  readonly firstDelayMs?: number;
  /** Default 5,000. Every delay varies by up to half of itself, so that desks do not come back all at once. */
  readonly longestDelayMs?: number;
}

/**
 * Connects over Socket.IO, loaded when first used: WebSocket only, one namespace per door, one event named `frame`,
 * no cookies. Connection-state recovery, where the server has it, makes `open.recovered` true.
 */
export function socketIo(options: SocketIoOptions = {}): SocketConnect {
  const { firstDelayMs = 500, longestDelayMs = 5_000 } = options;
  return (target) => new SocketIoSocket(target, { firstDelayMs, longestDelayMs }, systemClock, systemRandom);
}

class SocketIoSocket implements Socket {
  readonly #target: SocketTarget;
  readonly #delays: Required<SocketIoOptions>;
  readonly #clock: Clock;
  readonly #random: Random;
  #io: IoSocket | undefined;
  #cancelRetry: Cancel = () => {};
  #failures = 0;
  #open = false;
  #down = false;
  #closed = false;
  /** Frames replayed by recovery come before Socket.IO says that the link stands; they wait for that. */
  #early: unknown[] = [];

  constructor(target: SocketTarget, delays: Required<SocketIoOptions>, clock: Clock, random: Random) {
    this.#target = target;
    this.#delays = delays;
    this.#clock = clock;
    this.#random = random;
    void this.#load();
  }

  send(frame: unknown): void {
    // Socket.IO would keep what is sent meanwhile; here the sender sends again.
    if (this.#io?.connected === true) this.#io.emit('frame', frame);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#io?.disconnect();
  }

  async #load(): Promise<void> {
    try {
      const { io } = await import('socket.io-client');
      if (this.#closed) return;
      const url = new URL(this.#target.url);
      const prefix = url.pathname.replace(/\/+$/, '');
      this.#io = io(`${url.origin}/${this.#target.door}`, {
        path: `${prefix}/socket.io`,
        transports: ['websocket'],
        withCredentials: false,
        forceNew: true,
        reconnectionDelay: this.#delays.firstDelayMs,
        reconnectionDelayMax: this.#delays.longestDelayMs,
        randomizationFactor: 0.5,
        auth: (answer) => void this.#authorize(answer),
      });
      this.#listen(this.#io);
    } catch {
      this.#goDown('socket.io-client could not be loaded');
      this.#retry(() => void this.#load());
    }
  }

  #listen(io: IoSocket): void {
    io.on('connect', () => {
      this.#failures = 0;
      this.#open = true;
      this.#down = false;
      this.#target.receive({ type: 'open', recovered: io.recovered });
      for (const frame of this.#early.splice(0)) this.#target.receive({ type: 'frame', frame });
    });
    io.on('frame', (frame: unknown) => {
      if (this.#open) this.#target.receive({ type: 'frame', frame });
      else this.#early.push(frame);
    });
    io.on('disconnect', (reason) => {
      this.#goDown(reason);
      // The server ended it, for example because it is shutting down; Socket.IO leaves coming back to us.
      if (!io.active) this.#retry(() => io.connect());
    });
    io.on('connect_error', (error) => {
      if (io.active) return this.#goDown(error.message);
      const refusal = refusalOf(error);
      if (refusal === undefined) {
        this.#goDown(error.message);
        this.#retry(() => io.connect());
      } else if (!this.#closed) {
        this.#target.receive({ type: 'refused', ...refusal });
      }
    });
  }

  async #authorize(answer: (credentials: object) => void): Promise<void> {
    try {
      answer(await this.#target.credentials());
    } catch {
      // Whoever gives the credentials knows why there are none; here it is one more failed try.
      const io = this.#io;
      io?.disconnect();
      this.#goDown('no credentials');
      this.#retry(() => io?.connect());
    }
  }

  #goDown(reason: string): void {
    this.#open = false;
    this.#early = [];
    if (this.#down || this.#closed) return;
    this.#down = true;
    this.#target.receive({ type: 'down', reason });
  }

  #retry(connect: () => void): void {
    if (this.#closed) return;
    const { firstDelayMs, longestDelayMs } = this.#delays;
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures++);
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.schedule(delayMs * (0.5 + this.#random.next()), connect);
  }
}

/** What the server said when it turned us away for good; undefined when a later try may succeed. */
function refusalOf(error: Error): { readonly code: string; readonly message: string } | undefined {
  const data: unknown = 'data' in error ? error.data : undefined;
  if (typeof data !== 'object' || data === null || !('code' in data) || typeof data.code !== 'string') return undefined;
  if ('retryable' in data && data.retryable === true) return undefined;
  return { code: data.code, message: error.message };
}
