import type { RoutingEvent } from 'onescreen/routing';

/** From the first to the last `seq` of some events. */
export interface SkippedEvents {
  readonly from: number;
  readonly to: number;
  /**
   * False: this node was away for so long that the log no longer holds what happened. True: what was told did not happen,
   * because Redis has lost it or this node decided otherwise than its leader; other events are told by the same numbers.
   */
  readonly void: boolean;
}

interface TellerParts {
  readonly onEvents?: (events: readonly RoutingEvent[]) => void;
  readonly onSkipped?: (range: SkippedEvents) => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/** Tells whoever opened a node of each event once, also where the node begins anew and comes by old ones again. */
export class Teller {
  readonly #parts: TellerParts;
  /** Number of the last event that was told, or need not be. */
  #told = 0;
  /** Nothing is told before. */
  live = false;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  tell(events: readonly RoutingEvent[]): void {
    const told = this.#told;
    const [first] = events;
    const news = first !== undefined && first.seq > told ? events : events.filter(({ seq }) => seq > told);
    this.#told = Math.max(told, events.at(-1)?.seq ?? told);
    if (this.live && news.length > 0) this.guard(() => this.#parts.onEvents?.(news));
  }

  /** What came up to `seq` is not to be had any more. */
  skipTo(seq: number): void {
    if (seq > this.#told) this.#skip({ from: this.#told + 1, to: seq, void: false });
    this.#told = Math.max(this.#told, seq);
  }

  /** What was told of events behind `seq` did not happen. */
  takeBack(seq: number): void {
    if (seq < this.#told) this.#skip({ from: seq + 1, to: this.#told, void: true });
    this.#told = Math.min(this.#told, seq);
  }

  /** Calls a listener; an error that it throws stops nothing. */
  guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#parts.onFault(error, 'unable to tell what happened; whoever was told threw an error');
    }
  }

  #skip(range: SkippedEvents): void {
    if (this.live) this.guard(() => this.#parts.onSkipped?.(range));
  }
}
