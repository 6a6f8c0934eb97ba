import type { Redis } from 'ioredis';
import { delay, type Clock } from 'onescreen';
import type { Keys } from './keys';
import { bid, release, type Lease } from './lease';

/** A node bids so many times within a lease. */
const bidsPerLease = 8;

/** For so many leases a node that could not lead lets others try first. */
const pauseLeases = 2;

interface ElectionOptions {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly node: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Somebody else leads from now on, or nobody does. */
  readonly changed: (lease: Lease | undefined) => void;
}

/** Takes part in who leads a domain. */
export class Election {
  readonly #options: ElectionOptions;
  readonly #closing = new AbortController();
  #lease: Lease | undefined;
  #pausedUntil = 0;

  constructor(options: ElectionOptions) {
    this.#options = options;
    void this.#takePart().catch(() => {});
  }

  /** Another node leads, who is not known yet. */
  lost(lease: Lease): void {
    if (this.#lease === lease) this.#change(undefined);
  }

  /** Lets others lead, for now. */
  async resign(lease: Lease): Promise<void> {
    const { redis, keys, clock, leaseMs } = this.#options;
    this.#pausedUntil = clock.now() + pauseLeases * leaseMs;
    this.lost(lease);
    await release(redis, keys, lease).catch(() => {});
  }

  /** Takes part no more, and lets others lead at once. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    const lease = this.#lease;
    this.#change(undefined);
    if (lease?.node === this.#options.node) await this.resign(lease);
  }

  async #takePart(): Promise<void> {
    const { redis, keys, node, leaseMs, clock } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      const token = this.#lease?.node === node ? this.#lease.token : undefined;
      // A connection over which nothing comes for so long is broken, however it looks.
      const stuck = clock.schedule(leaseMs, () => redis.disconnect(true));
      try {
        const lease = await bid(redis, keys, { node, token, leaseMs, wanted: clock.now() >= this.#pausedUntil });
        const isLate = token !== undefined && this.#lease?.token !== token;
        if (!signal.aborted && !isLate) this.#change(lease);
      } catch {
        // Redis says no, for example while it loads what is on disk.
      } finally {
        stuck();
      }
      await delay(clock, leaseMs / bidsPerLease, signal);
    }
  }

  #change(lease: Lease | undefined): void {
    if (lease?.token === this.#lease?.token && lease?.node === this.#lease?.node) return;
    this.#lease = lease;
    this.#options.changed(lease);
  }
}
