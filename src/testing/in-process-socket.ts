import {
  isContactCenterError,
  type Cancel,
  type Clock,
  type Socket,
  type SocketConnect,
  type SocketTarget,
} from 'onescreen';

/** What the socket needs of a server core; the one of `onescreen/server` has it. */
export interface FrameServer {
  connect(request: {
    readonly door: 'agents' | 'customers';
    readonly credentials: Readonly<Record<string, unknown>>;
    readonly session?: string;
    readonly send: (frame: unknown) => void;
  }): Promise<FrameConnection>;
}

export interface FrameConnection {
  readonly session: string;
  readonly recovered: boolean;
  receive(frame: unknown): void;
  disconnected(reason: string): void;
}

export interface DropOptions {
  /** Whether the next connect finds what was missed waiting, as with Socket.IO's recovery. Default true. */
  readonly recover?: boolean;
  /** Milliseconds until it connects again. Default 1,000; `Infinity`: not before `restore`. */
  readonly downMs?: number;
}

/** Links to a server core in the same process. Make one for each desk or customer, so that it can be cut alone. */
export interface InProcessSocket extends SocketConnect {
  /** Cuts the links that stand, and keeps new ones from connecting, as long as `downMs` says. */
  drop(options?: DropOptions): void;
  /** Lets the links connect again, now. */
  restore(): void;
}

/** Milliseconds before a failed connect is tried again: the first delay, doubled each time, and the longest. */
const retryMs = { first: 500, longest: 5_000 };

/**
 * Connects to `server` with no network: frames travel as JSON copies, in order, one microtask later, and are lost
 * when the link is cut meanwhile.
 */
export function inProcessSocket(server: FrameServer, clock: Clock): InProcessSocket {
  const links = new Set<InProcessLink>();
  let cancelRestore: Cancel = () => {};
  let up = true;
  const restore = () => {
    cancelRestore();
    up = true;
    for (const link of [...links]) link.connect();
  };
  const connect = (target: SocketTarget): Socket => {
    const link = new InProcessLink(server, clock, target, () => up);
    links.add(link);
    link.connect();
    return {
      send: (frame) => link.send(frame),
      close: () => {
        links.delete(link);
        link.close();
      },
    };
  };
  const drop = ({ recover = true, downMs = 1_000 }: DropOptions = {}) => {
    cancelRestore();
    up = false;
    for (const link of [...links]) link.drop(recover);
    if (downMs !== Number.POSITIVE_INFINITY) cancelRestore = clock.schedule(downMs, restore);
  };
  return Object.assign(connect, { drop, restore });
}

class InProcessLink {
  readonly #server: FrameServer;
  readonly #clock: Clock;
  readonly #target: SocketTarget;
  readonly #wireStands: () => boolean;
  /** From the server, not delivered yet, with the connect it came over; what a recovery brings is among it. */
  #inbox: { readonly text: string; readonly attempt: number }[] = [];
  #delivering = false;
  #connection: FrameConnection | undefined;
  #session: string | undefined;
  /** Counts connects and cuts; what belongs to an older one is void. */
  #attempt = 0;
  #failures = 0;
  #connecting = false;
  #saidDown = false;
  #closed = false;
  #cancelRetry: Cancel = () => {};

  constructor(server: FrameServer, clock: Clock, target: SocketTarget, wireStands: () => boolean) {
    this.#server = server;
    this.#clock = clock;
    this.#target = target;
    this.#wireStands = wireStands;
  }

  connect(): void {
    this.#cancelRetry();
    if (this.#closed || this.#connecting || this.#connection !== undefined || !this.#wireStands()) return;
    this.#connecting = true;
    const attempt = ++this.#attempt;
    void this.#attempted(attempt).finally(() => {
      if (attempt === this.#attempt) this.#connecting = false;
    });
  }

  send(frame: unknown): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const copy = JSON.stringify(frame);
    queueMicrotask(() => {
      if (this.#connection === connection) connection.receive(JSON.parse(copy));
    });
  }

  drop(recover: boolean): void {
    this.#cut('transport close');
    if (!recover) {
      this.#session = undefined;
      this.#inbox = [];
    }
    this.#sayDown('transport close');
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#cut('client namespace disconnect');
    this.#inbox = [];
  }

  async #attempted(attempt: number): Promise<void> {
    const current = () => attempt === this.#attempt && !this.#closed;
    let session = '';
    try {
      const credentials = await this.#target.credentials();
      if (!current()) return;
      const connection = await this.#server.connect({
        door: this.#target.door === 'customers' ? 'customers' : 'agents',
        credentials: Object.fromEntries(Object.entries(credentials)),
        ...(this.#session !== undefined && { session: this.#session }),
        send: (frame) => {
          const text = JSON.stringify(frame);
          // A session that was given up may still speak; nobody listens to it.
          if (session === '' ? current() : session === this.#session) this.#take({ text, attempt });
        },
      });
      session = connection.session;
      if (!current()) return connection.disconnected('transport close');
      if (!connection.recovered) this.#inbox = this.#inbox.filter((frame) => frame.attempt === attempt);
      this.#opened(connection);
    } catch (error) {
      if (!current()) return;
      this.#failed(error);
    }
  }

  #opened(connection: FrameConnection): void {
    this.#session = connection.session;
    this.#connection = connection;
    this.#failures = 0;
    this.#saidDown = false;
    this.#target.receive({ type: 'open', recovered: connection.recovered });
    this.#deliver();
  }

  #failed(error: unknown): void {
    if (isContactCenterError(error) && !error.retryable && error.code !== 'token/unavailable') {
      this.#target.receive({ type: 'refused', code: error.code, message: error.message });
      return;
    }
    this.#sayDown('connect failed');
    const delayMs = Math.min(retryMs.longest, retryMs.first * 2 ** this.#failures++);
    this.#cancelRetry = this.#clock.schedule(delayMs, () => this.connect());
  }

  #take(frame: { readonly text: string; readonly attempt: number }): void {
    this.#inbox.push(frame);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering || this.#connection === undefined || this.#inbox.length === 0) return;
    this.#delivering = true;
    queueMicrotask(() => {
      this.#delivering = false;
      if (this.#connection === undefined) return;
      const frame = this.#inbox.shift();
      if (frame !== undefined) this.#target.receive({ type: 'frame', frame: JSON.parse(frame.text) });
      this.#deliver();
    });
  }

  #cut(reason: string): void {
    this.#attempt++;
    this.#connecting = false;
    this.#cancelRetry();
    this.#connection?.disconnected(reason);
    this.#connection = undefined;
  }

  #sayDown(reason: string): void {
    if (this.#saidDown || this.#closed) return;
    this.#saidDown = true;
    this.#target.receive({ type: 'down', reason });
  }
}
