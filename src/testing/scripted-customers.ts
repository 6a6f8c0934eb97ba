import { toContactCenterError, type Cancel, type Clock } from 'onescreen';
import type { CustomerChat, StartChat } from 'onescreen/customer';
import { shopCustomers, type CustomerScript } from './customer-script';
import { playCustomer } from './play-customer';
import type { SeededRandom } from './seeded-random';

export interface ScriptedCustomersOptions {
  /** Starts a chat, such as `(chat) => customerClient.start(chat)`. */
  readonly start: (chat: StartChat) => Promise<CustomerChat>;
  readonly clock: Clock;
  /** Decides who comes when, and how long each takes; the same seed gives the same day. */
  readonly random: SeededRandom;
  /** Default: {@link shopCustomers}. */
  readonly scripts?: readonly CustomerScript[];
  /** Milliseconds between two arrivals, at least and at most. Default 5 to 25 s. */
  readonly everyMs?: readonly [number, number];
  /** How many come in all. Default: no end. */
  readonly limit?: number;
  /** How many are there at a time; further ones come when somebody has left. Default: no limit. */
  readonly atOnce?: number;
  /** Told of each customer's end. */
  readonly onOutcome?: (outcome: CustomerOutcome) => void;
}

/** How it went for one customer. */
export interface CustomerOutcome {
  readonly displayName: string;
  /** Left out when no conversation could be started. */
  readonly conversationId?: string;
  /** `served`: talked to an agent; `unserved`: was told why not, or left before an agent came. */
  readonly result: 'served' | 'unserved';
  /** The conversation's last word, the code of the error, or `closed` when the customers were closed. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  /** Milliseconds until an agent joined. */
  readonly waitedMs?: number;
  /** Messages written, and messages received. */
  readonly written: number;
  readonly received: number;
}

/** Customers who arrive by themselves. Switched off at first. */
export interface ScriptedCustomers {
  readonly isOn: boolean;
  /** How many are there now. */
  readonly present: number;
  /** How many have come so far. */
  readonly arrived: number;
  on(): void;
  /** Nobody comes any more; who is there stays to the end. */
  off(): void;
  /** Off, and everybody closes the page. Resolves when nobody is left. */
  close(): Promise<void>;
}

/** Customers who come, write, answer and leave as their scripts say. */
export function scriptedCustomers(options: ScriptedCustomersOptions): ScriptedCustomers {
  const { clock, random, scripts = shopCustomers, everyMs = [5_000, 25_000] } = options;
  const { limit = Number.POSITIVE_INFINITY, atOnce = Number.POSITIVE_INFINITY } = options;
  const arrivals = random.fork('arrivals');
  const leaving = new AbortController();
  const present = new Set<Promise<void>>();
  let arrived = 0;
  let next: Cancel | undefined;

  function expectNext(): void {
    next = undefined;
    if (arrived >= limit || leaving.signal.aborted) return;
    next = clock.schedule(arrivals.integer(...everyMs), () => {
      if (present.size < atOnce) arrive();
      expectNext();
    });
  }

  function arrive(): void {
    const own = random.fork(`customer ${++arrived}`);
    const visit = play(own.pick(scripts), own).finally(() => present.delete(visit));
    present.add(visit);
  }

  async function play(script: CustomerScript, own: SeededRandom): Promise<void> {
    const arrivedAt = clock.now();
    const outcome = { displayName: script.displayName, arrivedAt };
    try {
      const played = await playCustomer({ script, start: options.start, clock, random: own, signal: leaving.signal });
      options.onOutcome?.({ ...outcome, ...played });
    } catch (error) {
      const { code } = toContactCenterError(error, 'command/failed', 'unable to play customer; see cause');
      options.onOutcome?.({ ...outcome, result: 'unserved', reason: code, written: 0, received: 0 });
    }
  }

  const off = () => {
    next?.();
    next = undefined;
  };

  return {
    get isOn() {
      return next !== undefined;
    },
    get present() {
      return present.size;
    },
    get arrived() {
      return arrived;
    },
    on() {
      if (next === undefined) expectNext();
    },
    off,
    async close() {
      off();
      leaving.abort();
      await Promise.all(present);
    },
  };
}
