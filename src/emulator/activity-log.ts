import type { Clock } from 'onescreen';

/** One thing that happened. Never holds tokens, query strings, or what people wrote. */
export type Activity =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly operation?: string;
      readonly user?: string;
      readonly status: number | 'dropped';
    }
  | {
      readonly kind: 'frame';
      readonly direction: 'in' | 'out';
      readonly endpoint: string;
      readonly user: string;
      readonly frame: string;
      readonly bytes: number;
    }
  | {
      readonly kind: 'push';
      readonly event: number;
      readonly user: string;
      readonly endpoint: string;
      readonly outcome: PushOutcome;
    }
  | {
      readonly kind: 'socket';
      readonly endpoint: string;
      readonly user: string;
      readonly what: 'opened' | 'closed' | 'frozen' | 'thawed';
    }
  | {
      /** Somebody's part in a call; who it is stays out, as it may be a phone number. */
      readonly kind: 'call';
      readonly call: string;
      readonly what: 'opened' | 'ringing' | 'connected' | 'ended';
      readonly party: 'client' | 'phone' | 'server';
      readonly code?: number;
      readonly subCode?: number;
    }
  | {
      /** An attempt to tell a server something; `refused`: the address is not on this machine. */
      readonly kind: 'webhook';
      readonly event: string;
      readonly host: string;
      readonly outcome: 'refused' | 'unreachable' | 'given-up' | number;
    };

/** `sent` on a socket, `lost` for want of one, `faulted` by a fault, or the status that the client answered with. */
export type PushOutcome = 'sent' | 'lost' | 'faulted' | number;

export type LoggedActivity = Activity & { readonly seq: number; readonly time: number };

/** The last activities, at most `capacity` of them. */
export class ActivityLog {
  readonly #clock: Clock;
  readonly #capacity: number;
  #entries: LoggedActivity[] = [];
  #seq = 0;

  constructor(clock: Clock, capacity = 5000) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  add(activity: Activity): void {
    this.#seq += 1;
    this.#entries.push({ ...activity, seq: this.#seq, time: this.#clock.now() });
    if (this.#entries.length >= 2 * this.#capacity) this.#entries = this.#entries.slice(-this.#capacity);
  }

  entries(): readonly LoggedActivity[] {
    return this.#entries.slice(-this.#capacity);
  }
}
