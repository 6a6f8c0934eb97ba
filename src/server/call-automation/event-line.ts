import { Observable, type Subscriber } from 'rxjs';
import type { Cancel, Clock } from 'onescreen';
import type { ControlledCallEvent } from '../call-control';

interface Kept {
  readonly event: ControlledCallEvent;
  /** Until when it waits for `isHeld` to become false, epoch milliseconds. */
  readonly until: number;
}

/**
 * The events of one call in order. Those before the first subscriber wait for it, and an event may be held back for a
 * while, with all that come after it.
 */
export class EventLine {
  readonly events$: Observable<ControlledCallEvent>;
  readonly #clock: Clock;
  readonly #isHeld: (event: ControlledCallEvent) => boolean;
  readonly #holdMs: number;
  readonly #subscribers = new Set<Subscriber<ControlledCallEvent>>();
  #queue: readonly Kept[] = [];
  #hasHadOne = false;
  #done = false;
  #draining = false;
  #cancelWait: Cancel = () => {};

  constructor(clock: Clock, holdMs: number, isHeld: (event: ControlledCallEvent) => boolean) {
    this.#clock = clock;
    this.#holdMs = holdMs;
    this.#isHeld = isHeld;
    this.events$ = new Observable((subscriber) => {
      if (this.#done) return subscriber.complete();
      this.#subscribers.add(subscriber);
      this.#hasHadOne = true;
      this.drain();
      return () => this.#subscribers.delete(subscriber);
    });
  }

  put(event: ControlledCallEvent): void {
    this.#queue = [...this.#queue, { event, until: this.#clock.now() + this.#holdMs }];
    this.drain();
  }

  /** Lets out what is not held back any more. */
  drain(): void {
    if (this.#draining || !this.#hasHadOne) return;
    this.#draining = true;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const waitMs = next.until - this.#clock.now();
      if (waitMs > 0 && this.#isHeld(next.event)) {
        this.#cancelWait();
        this.#cancelWait = this.#clock.schedule(waitMs, () => this.drain());
        break;
      }
      this.#queue = this.#queue.slice(1);
      this.#tell(next.event);
    }
    this.#draining = false;
  }

  /** Tells nothing any more. */
  close(): void {
    this.#cancelWait();
    this.#queue = [];
    this.#done = true;
    for (const subscriber of [...this.#subscribers]) subscriber.complete();
  }

  #tell(event: ControlledCallEvent): void {
    if (this.#done) return;
    this.#done = event.kind === 'disconnected';
    for (const subscriber of [...this.#subscribers]) {
      subscriber.next(event);
      if (this.#done) subscriber.complete();
    }
  }
}
