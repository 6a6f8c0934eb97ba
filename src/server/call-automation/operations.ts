import type { Cancel, Clock } from 'onescreen';
import type { CallbackEvent } from './callback-event';
import { slackMs } from './time-limits';

/** What is waited for after a command: an event of its own, or that the call is seen to be as it was to become. */
export interface Expectation<T> {
  /** What it is for, as errors say it: `ring`. */
  readonly action: string;
  readonly timeoutMs: number;
  /** Reads an event of this operation; undefined when it decides nothing. Throws for a failure. */
  readonly event: (event: CallbackEvent) => T | undefined;
  /** Asked whenever more is known of who is in the call; undefined when that decides nothing. */
  readonly seen?: () => T | undefined;
  /** Asked likewise: true when its own event must be on its way, or is lost. */
  readonly due?: () => boolean;
  /** Called when the time is up, to find out by reading; rejects when it has failed. */
  readonly late: () => Promise<T>;
}

export interface Operation<T> {
  readonly result: Promise<T>;
  /** Nothing is waited for any more; `result` rejects. */
  readonly fail: (error: unknown) => void;
  readonly succeed: (value: T) => void;
}

interface Waiting {
  readonly event: (event: CallbackEvent) => void;
  readonly look: () => void;
  readonly action: string;
  readonly fail: (error: unknown) => void;
}

/** The operations of one call that are under way, by their own names. */
export class Operations {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  expect<T>(context: string, { action, timeoutMs, event, seen, due, late }: Expectation<T>): Operation<T> {
    let cancel: Cancel = () => {};
    let settle: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void } | undefined;
    const result = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
    // Whoever began it looks later; meanwhile a failure is no unhandled one.
    result.catch(() => {});
    const done = () => {
      cancel();
      this.#waiting.delete(context);
    };
    const succeed = (value: T) => {
      done();
      settle?.resolve(value);
    };
    const fail = (error: unknown) => {
      done();
      settle?.reject(error);
    };
    const attempt = (look: () => T | undefined) => {
      try {
        const value = look();
        if (value !== undefined) succeed(value);
      } catch (error) {
        fail(error);
      }
    };
    const decideIn = (ms: number) => {
      cancel();
      cancel = this.#clock.schedule(ms, () => void late().then(succeed, fail));
    };
    let isDue = false;
    this.#waiting.set(context, {
      event: (one) => attempt(() => event(one)),
      look: () => {
        attempt(() => seen?.());
        if (isDue || !this.#waiting.has(context) || due?.() !== true) return;
        isDue = true;
        decideIn(slackMs);
      },
      action,
      fail,
    });
    decideIn(timeoutMs);
    return { result, fail, succeed };
  }

  /** Gives an event to the operation that it names. */
  receive(event: CallbackEvent): void {
    if (event.context !== undefined) this.#waiting.get(event.context)?.event(event);
  }

  /** More is known of who is in the call. */
  look(): void {
    for (const one of [...this.#waiting.values()]) one.look();
  }

  /** The call is over. */
  failAll(error: (action: string) => unknown): void {
    for (const one of [...this.#waiting.values()]) one.fail(error(one.action));
  }
}
