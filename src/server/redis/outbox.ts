import type { Redis } from 'ioredis';
import type { Message } from './messages';

/** Entries of a stream that nobody reads, at most; a reader that comes back notices what is missing. */
const mostUnread = 100_000;

/** How long a stream is kept after the last message, in milliseconds. */
const keptMs = 600_000;

/** Puts messages into a stream, in order, numbered from 1. What is sent in one turn is one entry. */
export class Outbox<Sent extends Message> {
  readonly #redis: Redis;
  readonly #key: string;
  /** Names this series of numbers. */
  readonly #series: string;
  #next = 1;
  #waiting: Sent[] = [];
  #flushing: Promise<void> | undefined;

  constructor(redis: Redis, key: string, series: string) {
    this.#redis = redis;
    this.#key = key;
    this.#series = series;
  }

  /** Resolves once Redis has it, or never will as the connection has been closed. */
  send(message: Sent): Promise<void> {
    this.#waiting.push(message);
    this.#flushing ??= Promise.resolve().then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    this.#flushing = undefined;
    const messages = this.#waiting.splice(0);
    const first = this.#next;
    this.#next += messages.length;
    const fields = ['from', this.#series, 'first', first, 'messages', JSON.stringify(messages)];
    const added = this.#redis.xadd(this.#key, 'MAXLEN', '~', mostUnread, '*', ...fields);
    const kept = this.#redis.pexpire(this.#key, keptMs);
    await Promise.allSettled([added, kept]);
  }
}
