import type { Redis } from 'ioredis';
import type { Clock } from 'onescreen';
import type { Logger } from 'onescreen/server';
import { errorFields } from 'onescreen/logging';

/** Longest wait before Redis is tried again, in milliseconds. */
const longestRetryMs = 500;

interface ConnectionsOptions {
  /** The vendor's: its options are used. */
  readonly client: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A node's connections to Redis: one that writes, and those that wait for something to read, of its own and of Socket.IO. */
export class Connections {
  readonly writing: Redis;
  readonly #options: ConnectionsOptions;
  readonly #reading = new Set<Redis>();
  #downSince: number | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    const redis = (this.writing = this.#connect());
    // Socket.IO makes its own of this one.
    redis.duplicate = () => this.reading();
    redis.once('ready', () => redis.on('ready', () => this.#readAnew()));
  }

  /** Since when Redis cannot be reached. */
  get downSince(): number | undefined {
    return this.#downSince;
  }

  reading(): Redis {
    const redis = this.#connect();
    this.#reading.add(redis);
    redis.once('end', () => this.#reading.delete(redis));
    return redis;
  }

  // Another Redis may be behind the address by now: it is read where it is written, also where the former still answers.
  #readAnew(): void {
    for (const reading of this.#reading) {
      // One that is being made may lead to what was there before.
      if (reading.status === 'ready') reading.disconnect(true);
      else reading.once('ready', () => reading.disconnect(true));
    }
  }

  #connect(): Redis {
    const { client, clock, logger } = this.#options;
    const { reconnectOnError } = client.options;
    const redis = client.duplicate({
      ...{ keyPrefix: '', lazyConnect: false, enableOfflineQueue: true },
      // Redis that is gone is waited for; what is sent twice then is known by its number.
      ...{ maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true },
      retryStrategy: (tries) => Math.min(tries * 50, longestRetryMs),
      // It leads no more, and says so: whoever does now is behind the same address.
      reconnectOnError: (error) =>
        /READONLY|UNBLOCKED/.test(error.message) ? 2 : (reconnectOnError?.(error) ?? false),
    });
    // Socket.IO leaves some commands alone, as when it keeps what it knows of a page: one that fails must not end the process.
    const send = redis.sendCommand.bind(redis);
    redis.sendCommand = (command, stream) => {
      command.promise.catch(() => {});
      return send(command, stream);
    };
    redis.on('ready', () => (this.#downSince = undefined));
    redis.on('error', (error) => {
      if (this.#downSince !== undefined) return;
      this.#downSince = clock.now();
      logger.warn('redis-unreachable', errorFields(error));
    });
    return redis;
  }
}
