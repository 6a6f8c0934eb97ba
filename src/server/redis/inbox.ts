import type { Redis } from 'ioredis';
import { delay, type Cancel, type Clock } from 'onescreen';

/** How long Redis lets a read wait, in milliseconds. */
const blockMs = 2_000;

/** For so long beyond that nothing may come: the connection is broken then, however it looks. In milliseconds (chosen). */
const lateMs = 1_000;

const batch = 500;

/** Wait after a read that failed, in milliseconds. */
const retryMs = 200;

interface InboxOptions {
  /** A connection of its own, as its reads wait. Closed with the inbox. */
  readonly redis: Redis;
  /** For everything else. */
  readonly commands: Redis;
  readonly key: string;
  readonly clock: Clock;
  /** In order, each once. */
  readonly receive: (message: unknown, series: string) => void;
  /** A message of this series is missing; none of it will be received any more. */
  readonly missed: (series: string) => void;
}

/** Reads a stream from its beginning, and takes out what it has read. */
export class Inbox {
  readonly #options: InboxOptions;
  /** Number that is next in each series; infinite where one is missing. */
  readonly #next = new Map<string, number>();
  #closed = false;

  constructor(options: InboxOptions) {
    this.#options = options;
    void this.#read();
  }

  /** No more of this series will come. */
  forget(series: string): void {
    this.#next.delete(series);
  }

  close(): void {
    this.#closed = true;
    this.#options.redis.disconnect();
  }

  async #read(): Promise<void> {
    const { redis, commands, key, clock } = this.#options;
    let last = '0-0';
    while (!this.#closed) {
      const heard = this.#watch();
      try {
        const streams = await redis.xread('COUNT', batch, 'BLOCK', blockMs, 'STREAMS', key, last);
        for (const [id, fields] of streams?.[0]?.[1] ?? []) {
          if (this.#closed) return;
          this.#take(fields);
          last = id;
        }
        if (streams !== null) void commands.xtrim(key, 'MINID', after(last)).catch(() => {});
      } catch {
        heard();
        if (!this.#closed) await delay(clock, retryMs);
      } finally {
        heard();
      }
    }
  }

  /** Connects anew as often as nothing comes for too long. */
  #watch(): Cancel {
    const { redis, clock } = this.#options;
    const watch = () =>
      clock.schedule(blockMs + lateMs, () => {
        if (redis.status === 'ready') redis.disconnect(true);
        cancel = watch();
      });
    let cancel = watch();
    return () => cancel();
  }

  #take(fields: readonly string[]): void {
    const { receive, missed } = this.#options;
    const [, series = '', , first = '', , text = ''] = fields;
    const messages: unknown = JSON.parse(text);
    if (!Array.isArray(messages)) return;
    let number = Number(first);
    for (const message of messages) {
      const next = this.#next.get(series) ?? 1;
      if (number > next) {
        this.#next.set(series, Infinity);
        missed(series);
      } else if (number === next) {
        this.#next.set(series, number + 1);
        receive(message, series);
      }
      number += 1;
    }
  }
}

/** The first id behind this one. */
function after(id: string): string {
  const [time = '0', sequence = '0'] = id.split('-');
  return `${time}-${Number(sequence) + 1}`;
}
