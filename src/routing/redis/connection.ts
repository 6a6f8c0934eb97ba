import { ContactCenterError, type Cancel, type Clock } from 'onescreen';

/** What is used of a connection of `ioredis`, or of a client with the same methods. */
export interface RedisConnection {
  /** `ready` while commands can be sent. */
  readonly status: string;
  call(command: string, args: (string | number)[]): Promise<unknown>;
  on(event: 'ready' | 'close' | 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(reconnect?: boolean): void;
}

/** A Redis or Valkey client of the vendor's, such as `new Redis()` of `ioredis`. Its options are used for connections of our own. */
export interface RedisClient {
  duplicate(options: RedisConnectionOptions): RedisConnection;
}

/** What our connections have otherwise than the vendor's: a command that cannot be sent now fails now, and none is sent twice. */
export interface RedisConnectionOptions {
  readonly enableOfflineQueue: false;
  readonly autoResendUnfulfilledCommands: false;
  readonly maxRetriesPerRequest: 0;
  readonly lazyConnect: false;
}

const connectionOptions: RedisConnectionOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  lazyConnect: false,
};

interface ConnectionParts {
  readonly client: RedisClient;
  readonly clock: Clock;
  /** Called when Redis can be reached, each time. */
  readonly onReady?: () => void;
  readonly onFault: (fault: ContactCenterError) => void;
}

/** A connection on which nothing waits for ever. */
export class Connection {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #faulty = false;
  #outdated = false;
  #closed = false;

  constructor({ client, clock, onReady, onFault }: ConnectionParts) {
    this.#redis = client.duplicate(connectionOptions);
    this.#clock = clock;
    this.#redis.on('ready', () => {
      this.#faulty = false;
      if (this.#outdated) return this.anew();
      onReady?.();
      this.#wake();
    });
    // Told once for each time that Redis is gone, however often it is tried again.
    this.#redis.on('error', (cause) => {
      if (this.#faulty || this.#closed) return;
      this.#faulty = true;
      onFault(unavailable('its connection failed', cause));
    });
  }

  get ready(): boolean {
    return !this.#closed && this.#redis.status === 'ready';
  }

  /** Resolves once commands can be sent, or the connection is closed. */
  whenReady(): Promise<void> {
    if (this.ready || this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Rejects with `session/unavailable` when there is no answer within `timeoutMs`; whether it was done is not known then. */
  call(command: string, args: (string | number)[], timeoutMs: number): Promise<unknown> {
    if (!this.ready) return Promise.reject(unavailable('there is no connection'));
    return new Promise((resolve, reject) => {
      const cancel: Cancel = this.#clock.schedule(timeoutMs, () => {
        reject(unavailable(`it did not answer within ${timeoutMs} ms`));
        // What it does not answer it may answer to somebody who connects anew.
        this.anew();
      });
      this.#redis.call(command, args).then(
        (answer) => {
          cancel();
          resolve(answer);
        },
        (error: unknown) => {
          cancel();
          reject(unavailable('it refused or broke off', error));
          // It leads no more, and says so: whoever does now is behind the same address.
          if (error instanceof Error && /READONLY|UNBLOCKED/.test(error.message)) this.anew();
        },
      );
    });
  }

  run(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
    timeoutMs: number,
  ): Promise<unknown> {
    return this.call('EVAL', [script, keys.length, ...keys, ...args], timeoutMs);
  }

  /** Connects once more: whatever is behind the address now. What is under way breaks off. */
  anew(): void {
    // One that is being made may lead to what was there before.
    this.#outdated = !this.ready;
    if (this.ready) this.#redis.disconnect(true);
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

export function unavailable(why: string, cause?: unknown): ContactCenterError {
  const details = { retryable: true, ...(cause !== undefined && { cause }) };
  return new ContactCenterError('session/unavailable', `unable to use Redis; ${why}`, details);
}
