import type { Redis } from 'ioredis';
import { delay, type Clock } from 'onescreen';
import type { Message } from './messages';

/** Entries of a stream that nobody reads, at most; a reader that comes back notices what is missing. */
const mostUnread = 100_000;

/** How long a stream is kept after the last message, in milliseconds. */
const keptMs = 600_000;

/** Wait before what Redis has refused is sent again, in milliseconds (chosen). */
const retryMs = 200;

interface OutboxOptions {
  readonly redis: Redis;
  readonly key: string;
  /** Names this series of numbers. */
  readonly series: string;
  readonly clock: Clock;
}

interface Entry<Sent> {
  readonly first: number;
  readonly messages: readonly Sent[];
}

/** Puts messages into a stream, in order, numbered from 1. What is sent in one turn is one entry. */
export class Outbox<Sent extends Message> {
  readonly #options: OutboxOptions;
  #next = 1;
  #waiting: Sent[] = [];
  #flushing: Promise<void> | undefined;
  /** What Redis refused, as one that is full does. */
  readonly #refused: Entry<Sent>[] = [];
  #retrying: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Resolves once Redis has it, or never will as the connection has been closed. */
  send(message: Sent): Promise<void> {
    // A number that is missing is noticed, and all begins anew.
    if (this.#waiting.length >= mostUnread) this.#next += 1;
    else this.#waiting.push(message);
    this.#flushing ??= (this.#retrying ?? Promise.resolve()).then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    this.#flushing = undefined;
    const messages = this.#waiting.splice(0);
    const entry = { first: this.#next, messages };
    this.#next += messages.length;
    if (await this.#add(entry)) return;
    this.#refused.push(entry);
    this.#retrying ??= this.#retry().finally(() => (this.#retrying = undefined));
    await this.#retrying;
  }

  async #retry(): Promise<void> {
    const { redis, clock } = this.#options;
    while (this.#refused.length > 0 && redis.status !== 'end') {
      await delay(clock, retryMs);
      this.#refused.sort((a, b) => a.first - b.first);
      for (let [entry] = this.#refused; entry !== undefined && (await this.#add(entry)); [entry] = this.#refused)
        this.#refused.shift();
    }
  }

  async #add({ first, messages }: Entry<Sent>): Promise<boolean> {
    const { redis, key, series } = this.#options;
    const fields = ['from', series, 'first', first, 'messages', JSON.stringify(messages)];
    const added = redis.xadd(key, 'MAXLEN', '~', mostUnread, '*', ...fields);
    const kept = redis.pexpire(key, keptMs);
    const [{ status }] = await Promise.allSettled([added, kept]);
    return status === 'fulfilled';
  }
}
